import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { Secret } from '../../../src/base/secret';
import { Clipboard } from '../../../src/export/clipboard';
import { newLog } from '../../support/fakeServices';
import { restoreSettings, setting } from '../../support/person';
import { until } from '../../support/until';
import { replace, restoreReplaced } from '../../support/widgets';

describe('the clipboard', () => {
  afterEach(async () => {
    restoreReplaced();
    await restoreSettings();
    await vscode.env.clipboard.writeText('');
  });
  const fails = () => Promise.reject(new Error('not now'));
  const isEmpty = async () => (await vscode.env.clipboard.readText()) === '';

  it('is cleared in time although a second copy has failed', async () => {
    await setting('clipboard.clearAfterSeconds', 0.05);
    const own = new Clipboard(newLog());
    await own.copy(new Secret(crypto.randomUUID()));
    const { clipboard } = vscode.env;
    replace(vscode.env, { clipboard: { ...clipboard, writeText: fails } });
    await assert.rejects(own.copy(new Secret(crypto.randomUUID())));
    restoreReplaced();
    await until('the clipboard to be empty', isEmpty);
    own.dispose();
  });

  it('is cleared of a text whose line breaks are read as CRLF, as on Windows', async () => {
    const own = new Clipboard(newLog());
    const { clipboard } = vscode.env;
    const readText = async () => (await clipboard.readText()).replaceAll('\n', '\r\n');
    replace(vscode.env, { clipboard: { ...clipboard, readText } });
    await own.copy(new Secret(`{\n  "auth_token": "${crypto.randomUUID()}"\n}\n`));
    await own.clear();
    assert.equal(await isEmpty(), true);
    own.dispose();
  });

  it("is cleared once the window gets the focus if it couldn't be cleared in time", async () => {
    const focus = new vscode.EventEmitter<vscode.WindowState>();
    replace(vscode.window, { onDidChangeWindowState: focus.event });
    const own = new Clipboard(newLog());
    await own.copy(new Secret(crypto.randomUUID()));
    const { clipboard } = vscode.env;
    replace(vscode.env, { clipboard: { ...clipboard, readText: fails } });
    await own.clear();
    restoreReplaced();
    assert.equal(await isEmpty(), false);
    focus.fire({ focused: true, active: true });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(await isEmpty(), true);
    own.dispose();
  });
});

describe('the clipboard in a browser', () => {
  const focus = new vscode.EventEmitter<vscode.WindowState>();
  const { clipboard, uiKind } = vscode.env;
  const { state, onDidChangeWindowState } = vscode.window;
  let isFocused = true;
  let text = '';
  beforeEach(() => {
    isFocused = true;
    Object.assign(vscode.env, {
      uiKind: vscode.UIKind.Web,
      clipboard: {
        // Without the focus, VS Code reads an empty text, and writes nothing.
        readText: () => Promise.resolve(isFocused ? text : ''),
        writeText: (next: string) => {
          text = isFocused ? next : text;
          return Promise.resolve();
        },
      },
    });
    Object.assign(vscode.window, { onDidChangeWindowState: focus.event });
  });
  afterEach(() => {
    Object.assign(vscode.env, { clipboard, uiKind });
    Object.assign(vscode.window, { state, onDidChangeWindowState });
  });
  const setFocus = (focused: boolean) => {
    isFocused = focused;
    Object.assign(vscode.window, { state: { focused, active: focused } });
    focus.fire({ focused, active: focused });
    return new Promise((resolve) => setImmediate(resolve));
  };

  it('is cleared once the page has the focus again, unless it holds something else by then', async () => {
    for (const copiedMeanwhile of [undefined, 'something else']) {
      const own = new Clipboard(newLog());
      const value = crypto.randomUUID();
      await own.copy(new Secret(value));
      await setFocus(false);
      await own.clear();
      assert.ok(text === value);
      text = copiedMeanwhile ?? text;
      await setFocus(true);
      assert.equal(text, copiedMeanwhile ?? '');
      own.dispose();
    }
  });

  it('is cleared of the value that it still holds if a copy without the focus had no effect', async () => {
    const own = new Clipboard(newLog());
    await own.copy(new Secret(crypto.randomUUID()));
    await setFocus(false);
    await own.copy(new Secret(crypto.randomUUID()));
    await own.clear();
    await setFocus(true);
    assert.ok(text === '');
    own.dispose();
  });
});
