import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { Emulator, type PlatformToken } from '../emulator/emulator';
import { noteSecrets } from '../support/noteSecrets';
import { until } from '../support/until';

/** An API, and an editor that knows it and is signed out. Put away with `end`. */
export interface Bench {
  readonly emulator: Emulator;
  readonly person: Person;
  end(): Promise<void>;
}

export async function begin(): Promise<Bench> {
  const emulator = await Emulator.start();
  await setting('apiUrl', emulator.apiUrl);
  const person = new Person();
  await vscode.extensions.getExtension('tir-community.tir-tokens')?.activate();
  return {
    emulator,
    person,
    async end() {
      person.thinks = false;
      person.clicks = 'Forget Everything';
      await run('forgetEverything');
      person.leave();
      noteSecrets(emulator.made);
      for (const terminal of vscode.window.terminals) {
        terminal.dispose();
      }
      await setting('apiUrl', undefined);
      await emulator.stop();
    },
  };
}

/** A command, as another extension calls it. */
export async function run<T = unknown>(command: string, argument?: unknown): Promise<T> {
  return vscode.commands.executeCommand<T>(`tir.${command}`, argument);
}

/** Signs in with a token that was made for it. */
export async function signIn(emulator: Emulator): Promise<PlatformToken> {
  const first = emulator.seed('sign-in');
  const { value: token, apiKey, projectId, location } = first;
  await run('signIn', { token, apiKey, projectId, location });
  return first;
}

/** What a call comes to where the person closes every question that it asks them. */
export async function closingQuestions<T>(call: Promise<T>): Promise<T> {
  let hasEnded = false;
  const end = () => (hasEnded = true);
  call.then(end, end);
  // A question opens a moment after the call; closing it before does nothing.
  await until('the questions to end', async () => {
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    return hasEnded;
  });
  return call;
}

export async function setting(name: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration('tir').update(name, value, vscode.ConfigurationTarget.Global);
}

/**
 * Stands in for the person in front of a dialog: an editor under test refuses modals. What they read is kept,
 * and they press the button named by `clicks`, where there is one. The real dialogs are clicked in the ui suite.
 */
export class Person {
  readonly read: { message: string; detail: string; modal: boolean }[] = [];
  clicks: string | undefined;
  /** Leaves every dialog open. */
  thinks = false;
  readonly #window = vscode.window as unknown as Record<string, unknown>;
  readonly #original = new Map<string, unknown>();

  constructor() {
    for (const name of ['showWarningMessage', 'showErrorMessage', 'showInformationMessage']) {
      this.#original.set(name, this.#window[name]);
      this.#window[name] = (message: string, ...rest: unknown[]) => {
        const [first, ...others] = rest;
        const options = typeof first === 'object' ? (first as vscode.MessageOptions) : {};
        this.read.push({ message, detail: options.detail ?? '', modal: options.modal ?? false });
        const buttons = typeof first === 'string' ? rest : others;
        return this.thinks
          ? new Promise(() => undefined)
          : Promise.resolve(buttons.includes(this.clicks) ? this.clicks : undefined);
      };
    }
  }

  /** Gives the editor its dialogs back. */
  leave(): void {
    for (const [name, original] of this.#original) {
      this.#window[name] = original;
    }
  }
}

/** The file of a notebook with these cells, in Python. */
export function notebookOf(sources: readonly string[]): string {
  const cells = sources.map((source) => ({ cell_type: 'code', metadata: {}, outputs: [], source: [source] }));
  const metadata = { language_info: { name: 'python' } };
  return JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 });
}

/** Runs a line in the shell of a terminal. Resolves to what it wrote to standard output, which goes past the screen. */
export async function inTerminal(terminal: vscode.Terminal, line: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tir-terminal-'));
  const [script, part, whole] = [join(folder, 'script'), join(folder, 'part'), join(folder, 'whole')];
  try {
    // A script of its own: the shell integration writes marks into what an interactive shell redirects.
    await writeFile(script, line);
    terminal.sendText(`sh '${script}' > '${part}'; mv '${part}' '${whole}'`);
    return await until(`an answer of the shell to: ${line}`, () =>
      existsSync(whole) ? readFileSync(whole, 'utf8').trim() : undefined,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Secret storage that several stores share, as windows do, and that fails on the keys it is told to. */
export class Keyring implements vscode.SecretStorage {
  readonly kept = new Map<string, string>();
  failsOn = /^$/;
  readonly #changed = new vscode.EventEmitter<vscode.SecretStorageChangeEvent>();
  readonly onDidChange = this.#changed.event;

  keys(): Promise<string[]> {
    return Promise.resolve([...this.kept.keys()]);
  }
  get(key: string): Promise<string | undefined> {
    return this.#may(key) ?? Promise.resolve(this.kept.get(key));
  }
  store(key: string, value: string): Promise<void> {
    return this.#change(key, () => this.kept.set(key, value));
  }
  delete(key: string): Promise<void> {
    return this.#change(key, () => this.kept.delete(key));
  }
  async #change(key: string, change: () => unknown): Promise<void> {
    await (this.#may(key) ?? Promise.resolve(change())).finally(() => {
      this.#changed.fire({ key });
    });
  }
  #may(key: string): Promise<never> | undefined {
    return this.failsOn.test(key)
      ? Promise.reject(new Error(`cannot take ${[...this.kept.values()].join()}`))
      : undefined;
  }
}
