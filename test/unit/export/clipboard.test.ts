import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { Secret } from '../../../src/base/secret';
import { Clipboard } from '../../../src/export/clipboard';
import { newLog } from '../../support/fakeServices';

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
});
