import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { type CommandName, runCommand } from '../../src/commands/run';
import { ListableSecrets } from '../../src/secrets/listableSecrets';
import { WebSecrets } from '../../src/secrets/webSecrets';
import { startBackground } from '../../src/background';
import { BrowserStorage } from '../support/browserStorage';
import { machine } from '../support/keyring';
import { newWindow } from '../support/testWindow';
import type { TestSetup } from './support';

export const connectionId = 'p-4711-delhi';

export type Tab = ReturnType<Tabs['open']>;

/** Windows of a browser, and their server. */
export class Tabs {
  readonly browser = new BrowserStorage();
  /** The extension's folder on the server, which all browsers share. */
  readonly folder = mkdtempSync(join(tmpdir(), 'tir-browser-'));
  readonly #open: vscode.Disposable[] = [];

  constructor(private readonly bench: TestSetup) {}

  /**
   * Starts the extension in a window. It listens to others once `listen` is called.
   * @param storage what the page has read: `browser.newWindow()` is the load of the page, which comes before this
   */
  open(storage: vscode.SecretStorage, name: string, wait?: () => Promise<void>) {
    const web = new WebSecrets(new ListableSecrets(storage), machine, vscode.Uri.file(this.folder));
    const window = newWindow(this.bench.emulator, web, { folder: this.folder, name, ...(wait && { wait }) });
    this.#open.push(new vscode.Disposable(() => window.end()));
    const { services, collection } = window;
    const run = async <T>(command: CommandName, argument: object = {}) =>
      (await runCommand(services, command, argument, [])) as T;
    const listen = () => {
      const background = startBackground(services, web);
      this.#open.push(background);
      return background;
    };
    return { web, services, collection, run, listen };
  }

  /** Signs in, and resolves to the ID of the token that signs in. */
  async signIn({ run }: Tab): Promise<number> {
    const { value: token, apiKey, projectId, location, id } = this.bench.emulator.seed('sign-in');
    await run('signIn', { token, apiKey, projectId, location, activate: false });
    return id;
  }

  async create({ run }: Tab, name: string): Promise<number> {
    return (await run<{ id: number }>('createToken', { name, activate: false })).id;
  }

  /** Tells whether the browser has a token's value. */
  isKept(id: number): boolean {
    return `value:${connectionId}:${id}` in this.browser.kept;
  }

  close(): void {
    vscode.Disposable.from(...this.#open.splice(0).reverse()).dispose();
  }
}
