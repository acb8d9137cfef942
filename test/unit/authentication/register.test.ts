import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { registerAuthentication } from '../../../src/authentication/register';
import { activate } from '../../../src/extension';
import { Memory } from '../../support/keyring';
import { replace, restoreReplaced } from '../../support/widgets';

describe('registerAuthentication', () => {
  it('registers before the provider is there, and lets requests wait for it', async () => {
    let registered: vscode.AuthenticationProvider | undefined;
    const register = (_id: string, _label: string, provider: vscode.AuthenticationProvider) => {
      registered = provider;
      return { dispose: () => undefined };
    };
    Object.assign(vscode.authentication, { registerAuthenticationProvider: register });
    let load: (provider: vscode.AuthenticationProvider) => void = () => undefined;
    const registration = registerAuthentication(new Promise((resolve) => (load = resolve)));
    const waiting = registered!.getSessions(['project:1'], {});
    const heard: vscode.AuthenticationProviderAuthenticationSessionsChangeEvent[] = [];
    registered!.onDidChangeSessions((change) => heard.push(change));
    const changed = new vscode.EventEmitter<vscode.AuthenticationProviderAuthenticationSessionsChangeEvent>();
    const sessions: vscode.AuthenticationSession[] = [];
    load({
      onDidChangeSessions: changed.event,
      getSessions: () => Promise.resolve(sessions),
      createSession: () => Promise.reject(new Error('not asked')),
      removeSession: () => Promise.resolve(),
    });
    assert.equal(await waiting, sessions);
    const change = { added: [], removed: [], changed: [] };
    changed.fire(change);
    assert.deepEqual(heard, [change]);
    registration.dispose();
  });

  it('is called before the keyring has answered', async () => {
    const never = new Promise<never>(() => undefined);
    const nothing = new vscode.Disposable(() => undefined);
    let registered = 0;
    const registerAuthenticationProvider = () => {
      registered++;
      return nothing;
    };
    replace(vscode.authentication, { registerAuthenticationProvider });
    const folder = mkdtempSync(join(tmpdir(), 'tir-activate-'));
    const noVariables = { forEach: () => undefined };
    const context = {
      subscriptions: [] as vscode.Disposable[],
      globalStorageUri: vscode.Uri.file(folder),
      secrets: { onDidChange: () => nothing, get: () => never, keys: () => never },
      globalState: new Memory(),
      environmentVariableCollection: { ...noVariables, getScoped: () => noVariables },
    };
    void activate(context as unknown as vscode.ExtensionContext);
    await new Promise((resolve) => setImmediate(resolve));
    restoreReplaced();
    vscode.Disposable.from(...context.subscriptions).dispose();
    rmSync(folder, { recursive: true });
    assert.equal(registered, 1);
  });
});
