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
  /** Stops the time. `pass` lets milliseconds of it pass; `waits` are those of the timers that wait. */
  const stopTime = () => {
    let time = 0;
    const timers = new Map<object, { readonly at: number; readonly work: () => unknown }>();
    const setTimeout = (work: () => unknown, milliseconds: number) => {
      const timer = {};
      timers.set(timer, { at: time + milliseconds, work });
      return timer;
    };
    replace(globalThis, { setTimeout, clearTimeout: (timer: object) => timers.delete(timer) });
    replace(performance, { now: () => time });
    return {
      waits: () => [...timers.values()].map(({ at }) => at - time),
      async pass(milliseconds: number) {
        time += milliseconds;
        for (const [timer, { at, work }] of [...timers]) {
          if (at <= time && timers.delete(timer)) {
            work();
          }
        }
        await new Promise((resolve) => setImmediate(resolve));
      },
    };
  };
  const isEmpty = async () => (await vscode.env.clipboard.readText()) === '';

  it('is cleared later if another program holds it, without a change of the focus', async () => {
    const time = stopTime();
    const own = new Clipboard(newLog());
    await copyFor(own, 1);
    const { clipboard } = vscode.env;
    replace(vscode.env, { clipboard: { ...clipboard, readText: fails } });
    await time.pass(1000);
    replace(vscode.env, { clipboard });
    assert.ok(!(await isEmpty()));
    await time.pass(5000);
    assert.ok(await isEmpty());
    own.dispose();
  });

  it('is cleared of a secret whose copy is under way as the window closes', async () => {
    const own = new Clipboard(newLog());
    const { clipboard } = vscode.env;
    let write: () => void = () => undefined;
    const turn = new Promise<void>((resolve) => (write = resolve));
    const late = (text: string) => (text === '' ? clipboard.writeText('') : turn.then(() => clipboard.writeText(text)));
    replace(vscode.env, { clipboard: { ...clipboard, writeText: late } });
    const copying = own.copy(new Secret(crypto.randomUUID()));
    const clearing = own.clear();
    write();
    await Promise.all([copying, clearing]);
    assert.ok(await isEmpty());
    own.dispose();
  });

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

  const copyFor = async (own: Clipboard, seconds: number) => {
    const text = crypto.randomUUID();
    await setting('clipboard.clearAfterSeconds', seconds);
    await own.copy(new Secret(text));
    return text;
  };
  const bringBack = (text: string) => vscode.env.clipboard.writeText(text);

  it('is cleared if the timer fires a moment early, and the secret is due only at the next look at the time', async () => {
    const time = stopTime();
    const own = new Clipboard(newLog());
    await copyFor(own, 1);
    const looks = [999.9, 1000.1];
    replace(performance, { now: () => looks.shift() ?? 1001 });
    await time.pass(1000);
    await time.pass(0);
    assert.ok(await isEmpty());
    own.dispose();
  });

  it('keeps a secret that is copied while an earlier one is being cleared', async () => {
    const time = stopTime();
    const own = new Clipboard(newLog());
    await copyFor(own, 1);
    const { clipboard } = vscode.env;
    const first = await clipboard.readText();
    let answer: (text: string) => void = () => undefined;
    const read = new Promise<string>((resolve) => (answer = resolve));
    let reads = 0;
    const readText = () => (reads++ === 0 ? read : clipboard.readText());
    replace(vscode.env, { clipboard: { ...clipboard, readText } });
    await time.pass(1000);
    const second = await copyFor(own, 60);
    answer(first);
    await time.pass(0);
    assert.ok((await clipboard.readText()) === second);
    own.dispose();
  });

  it('is cleared of a secret that was due while another copy failed', async () => {
    const time = stopTime();
    const own = new Clipboard(newLog());
    await copyFor(own, 1);
    const { clipboard } = vscode.env;
    let fail: (error: Error) => void = () => undefined;
    const written = new Promise<void>((_, reject) => (fail = reject));
    replace(vscode.env, { clipboard: { ...clipboard, writeText: () => written } });
    const copying = own.copy(new Secret(crypto.randomUUID()));
    await time.pass(1000);
    assert.ok(!(await isEmpty()));
    replace(vscode.env, { clipboard });
    fail(new Error('not now'));
    await assert.rejects(copying);
    await time.pass(0);
    assert.ok(await isEmpty());
    own.dispose();
  });

  it('is cleared of a secret in time, and of an earlier one that a clipboard manager brings back', async () => {
    const time = stopTime();
    const own = new Clipboard(newLog());
    const first = await copyFor(own, 60);
    await time.pass(10_000);
    const second = await copyFor(own, 60);
    await time.pass(50_000);
    assert.ok((await vscode.env.clipboard.readText()) === second, "the second's time isn't up");
    await bringBack(first);
    await time.pass(10_000);
    assert.equal(await isEmpty(), true, 'the first is gone when the time of both is up');

    const third = await copyFor(own, 60);
    await copyFor(own, 120);
    await bringBack(third);
    await time.pass(60_000);
    assert.equal(await isEmpty(), true, 'the third is gone in its own time');
    own.dispose();
  });

  it('is cleared of an earlier secret although a later one is never cleared', async () => {
    const time = stopTime();
    const own = new Clipboard(newLog());
    const first = await copyFor(own, 60);
    const second = await copyFor(own, 0);
    await bringBack(first);
    await time.pass(60_000);
    assert.equal(await isEmpty(), true);
    await bringBack(second);
    await own.clear();
    assert.ok((await vscode.env.clipboard.readText()) === second, 'the second stays');
    own.dispose();
  });

  it('keeps a secret that is copied again as long as the latest copy', async () => {
    const time = stopTime();
    const own = new Clipboard(newLog());
    const value = crypto.randomUUID();
    await setting('clipboard.clearAfterSeconds', 60);
    await own.copy(new Secret(value));
    await time.pass(50_000);
    await own.copy(new Secret(value));
    await time.pass(50_000);
    assert.equal(await isEmpty(), false);
    await setting('clipboard.clearAfterSeconds', 0);
    await own.copy(new Secret(value));
    assert.deepEqual(time.waits(), [], 'nothing is to be cleared');
    own.dispose();
  });

  it('is cleared of all secrets when the window closes, and no timer goes on', async () => {
    const time = stopTime();
    const own = new Clipboard(newLog());
    const first = await copyFor(own, 60);
    await copyFor(own, 120);
    await bringBack(first);
    await own.clear();
    assert.equal(await isEmpty(), true);
    await copyFor(own, 60);
    own.dispose();
    assert.deepEqual(time.waits(), []);
  });

  it('waits no longer than a timer can, whatever a settings file says', async () => {
    const time = stopTime();
    for (const seconds of [2 ** 31, 1e300, Infinity]) {
      const own = new Clipboard(newLog());
      await copyFor(own, seconds);
      // A longer timer than 2 ** 31 - 1 milliseconds would fire at once.
      assert.deepEqual(time.waits(), [86_400_000]);
      own.dispose();
    }
  });

  it('of one window is left alone by another', async () => {
    const [one, two] = [new Clipboard(newLog()), new Clipboard(newLog())];
    const [first, second] = [crypto.randomUUID(), crypto.randomUUID()];
    await one.copy(new Secret(first));
    await two.copy(new Secret(second));
    await one.clear();
    assert.ok((await vscode.env.clipboard.readText()) === second, 'the other window clears its own');
    await two.clear();
    assert.equal(await isEmpty(), true);
    one.dispose();
    two.dispose();
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
