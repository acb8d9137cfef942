import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { registerAuthentication } from '../../../src/authentication/register';

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
});
