import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { settings as typed } from '../../../src/base/settings';
import { begin, next, type TestSetup, run, signIn } from '../support';

interface Setting {
  readonly scope: string;
  readonly default: string | number | boolean;
}

const extension = vscode.extensions.getExtension('tir-community.tir-tokens')!;
const manifest = extension.packageJSON as {
  readonly extensionKind: string[];
  readonly contributes: { readonly configuration: { readonly properties: Record<string, Setting> } };
};
const settings = Object.entries(manifest.contributes.configuration.properties);

/** Returns a different value of the same type. */
function other(value: Setting['default']): Setting['default'] {
  return typeof value === 'boolean' ? !value : typeof value === 'number' ? value + 1 : 'https://attacker.example';
}

describe('the installed extension', () => {
  let bench: TestSetup;
  beforeEach(async () => {
    bench = await begin();
  });
  afterEach(() => bench.end());

  it('runs where the terminals are', () => {
    assert.deepEqual(manifest.extensionKind, ['workspace']);
    // A browser window is remote. On the desktop, the extension and the window share a machine.
    if (vscode.env.remoteName !== undefined) {
      assert.equal(extension.extensionKind, vscode.ExtensionKind.Workspace);
    }
    assert.match(extension.extensionUri.scheme, /^file$/);
  });

  it("doesn't let a workspace change application settings, such as the API URL", async () => {
    const application = settings.filter(([, { scope }]) => scope === 'application');
    assert.ok(application.some(([name]) => name === 'tir.apiUrl'));
    const file = vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, '.vscode', 'settings.json');
    const hostile = Object.fromEntries(settings.map(([name, setting]) => [name, other(setting.default)]));
    // A workspace may set this one (scope `window`), so its change shows that the file was read.
    const changed = next(vscode.workspace.onDidChangeConfiguration, (event) =>
      event.affectsConfiguration('tir.terminal.sdkVariables'),
    );
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(JSON.stringify(hostile)));
    try {
      await changed;
      assert.equal(vscode.workspace.getConfiguration().get('tir.terminal.sdkVariables'), true);
      for (const [name, setting] of application) {
        const expected = name === 'tir.apiUrl' ? bench.emulator.apiUrl : setting.default;
        assert.equal(vscode.workspace.getConfiguration().get(name), expected, name);
      }
    } finally {
      await vscode.workspace.fs.delete(file);
    }
  });

  it('treats a setting of the wrong type as unset', async () => {
    const configuration = vscode.workspace.getConfiguration('tir');
    const given = { 'expiry.warnBeforeDays': 'soon', 'leaks.enabled': 1, 'leaks.ignoredPatterns': 'all' };
    for (const [name, value] of Object.entries(given)) {
      await configuration.update(name, value, vscode.ConfigurationTarget.Global);
    }
    const read = [typed.warnBeforeDays(), typed.leaksEnabled(), typed.ignoredLeaks()];
    for (const name of Object.keys(given)) {
      await configuration.update(name, undefined, vscode.ConfigurationTarget.Global);
    }
    assert.deepEqual(read, [30, true, []]);
  });

  it('gives every setting the scope application or window', () => {
    assert.deepEqual(
      settings.filter(([, { scope }]) => scope !== 'application' && scope !== 'window'),
      [],
    );
  });

  it('keeps token values out of settings, and the global state out of Settings Sync', async () => {
    const first = await signIn(bench.emulator);
    await run('createToken', { name: 'dev-laptop', activate: true });
    const values = [first, ...bench.emulator.made].flatMap(({ value, apiKey }) => [value, apiKey]);
    const all = JSON.stringify(settings.map(([name]) => vscode.workspace.getConfiguration().inspect(name)));
    assert.ok(values.every((value) => !all.includes(value)));
    // Only keys passed to this method are synced. `dist/extension.js` loads the other files.
    const dist = join(extension.extensionPath, 'dist');
    const files = (await readdir(dist, { recursive: true })).filter((file) => file.endsWith('.js'));
    const code = (await Promise.all(files.map((file) => readFile(join(dist, file), 'utf8')))).join('\n');
    assert.match(code, /\.globalState\b|\bglobalState:/, 'the searched code does not use the global state');
    assert.doesNotMatch(code, /setKeysForSync/);
  });
});
