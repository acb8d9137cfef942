import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { Emulator, type PlatformToken } from '../emulator/emulator';
import { Person, restoreSettings, setting } from '../support/person';
import { until } from '../support/until';
import { statusOf } from '../support/whoami';

/** An emulated API, and VS Code set up to use it and signed out. Call `end` when done. */
export interface TestSetup {
  readonly emulator: Emulator;
  readonly person: Person;
  end(): Promise<void>;
}

/** Shared by all tests of the process, so the setting `tir.apiUrl` changes only once. */
let shared: Promise<Emulator> | undefined;

export async function begin(): Promise<TestSetup> {
  shared ??= startEmulator();
  const emulator = await shared;
  emulator.reset();
  const person = new Person();
  return {
    emulator,
    person,
    async end() {
      person.leavesOpen = false;
      person.clicks = 'Forget Everything';
      await run('forgetEverything');
      person.leave();
      await closeTerminals();
      await restoreSettings(['apiUrl']);
    },
  };
}

async function startEmulator(): Promise<Emulator> {
  const emulator = await Emulator.start();
  await setting('apiUrl', emulator.apiUrl);
  await vscode.extensions.getExtension('tir-community.tir-tokens')?.activate();
  return emulator;
}

/** Closes all terminals, and resolves when VS Code has reported each as closed. */
export async function closeTerminals(): Promise<void> {
  const closings = vscode.window.terminals.map((terminal) => {
    const closed = next(vscode.window.onDidCloseTerminal, (one) => one === terminal);
    terminal.dispose();
    return closed;
  });
  await Promise.all(closings);
}

/** Resolves to the next event that `isWanted` accepts; by default, any. */
export function next<T>(event: vscode.Event<T>, isWanted: (fired: T) => boolean = () => true): Promise<T> {
  return new Promise((resolve) => {
    const subscription = event((fired) => {
      if (isWanted(fired)) {
        subscription.dispose();
        resolve(fired);
      }
    });
  });
}

/** Runs a command as another extension does. */
export async function run<T = unknown>(command: string, argument?: unknown): Promise<T> {
  return vscode.commands.executeCommand<T>(`tir.${command}`, argument ?? {});
}

/** Signs in with a token seeded for it, which terminals don't get. */
export async function signIn(emulator: Emulator): Promise<PlatformToken> {
  const first = emulator.seed('sign-in');
  const { value: token, apiKey, projectId, location } = first;
  await run('signIn', { token, apiKey, projectId, location, activate: false });
  return first;
}

/** Runs `call`, dismissing every quick input and save dialog that it shows. */
export function closingQuestions<T>(call: () => Promise<T>): Promise<T> {
  const closed = () => Promise.resolve(undefined);
  return withWindow({ showSaveDialog: closed, ...questionsThat('workbench.action.closeQuickOpen') }, call);
}

/** Runs `call`, pressing Enter in every quick input that it shows. */
export function acceptingQuestions<T>(call: () => Promise<T>): Promise<T> {
  return withWindow(questionsThat('workbench.action.acceptSelectedQuickOpenItem'), call);
}

/** Runs `call`, answering the quick inputs that it shows one after another: with a text, or the label of an item. */
export async function answeringQuestions<T>(answers: readonly string[], call: () => Promise<T>): Promise<T> {
  const left = [...answers];
  const { createInputBox, createQuickPick } = vscode.window;
  const answered = <Q extends vscode.InputBox | vscode.QuickPick<vscode.QuickPickItem>>(question: Q): Q => {
    const show = question.show.bind(question);
    const answer = left.shift() ?? assert.fail('no answer is left for another question');
    let isAccepted = false;
    const accept = () => {
      if (!isAccepted) {
        isAccepted = true;
        void vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      }
    };
    question.show = () => {
      question.value = answer;
      show();
      if (!('items' in question)) {
        accept();
      }
    };
    if ('items' in question) {
      question.onDidChangeActive(([item]) => item?.label === answer && accept());
    }
    return question;
  };
  const services = {
    createInputBox: () => answered(createInputBox()),
    createQuickPick: () => answered(createQuickPick()),
  };
  const result = await withWindow(services, call);
  assert.deepEqual(left, [], 'every question was asked');
  return result;
}

/** Wraps quick inputs, so each runs `command` when it's shown. */
function questionsThat(command: string) {
  const { createInputBox, createQuickPick } = vscode.window;
  const answered = <T extends vscode.QuickInput>(question: T): T => {
    const show = question.show.bind(question);
    question.show = () => {
      show();
      void vscode.commands.executeCommand(command);
    };
    return question;
  };
  return { createInputBox: () => answered(createInputBox()), createQuickPick: () => answered(createQuickPick()) };
}

/** Runs `call` with some members of `vscode.window` replaced. */
export async function withWindow<T>(services: Record<string, unknown>, call: () => T | Promise<T>): Promise<T> {
  const window = vscode.window as unknown as Record<string, unknown>;
  const originals = Object.fromEntries(Object.keys(services).map((name) => [name, window[name]]));
  Object.assign(window, services);
  try {
    return await call();
  } finally {
    Object.assign(window, originals);
  }
}

/** Returns the text of a Python notebook file with these cells. */
export function notebookOf(sources: readonly string[]): string {
  const cells = sources.map((source) => ({ cell_type: 'code', metadata: {}, outputs: [], source: [source] }));
  const metadata = { language_info: { name: 'python' } };
  return JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 });
}

/** Runs a line in a terminal's shell. Resolves to its standard output, which goes to a file and not to the screen. */
export async function runInTerminal(terminal: vscode.Terminal, line: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tir-terminal-'));
  const [script, part, whole] = [join(folder, 'script'), join(folder, 'part'), join(folder, 'whole')];
  try {
    // In a separate script, because shell integration writes its marks into an interactive shell's redirected output.
    await writeFile(script, line);
    terminal.sendText(`sh '${script}' > '${part}'; mv '${part}' '${whole}'`);
    return await until(`an answer of the shell to: ${line}`, () =>
      existsSync(whole) ? readFileSync(whole, 'utf8').trim() : undefined,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Returns the length of a variable in a terminal, never its value. */
export async function lengthInTerminal(variable: string, terminal = vscode.window.createTerminal()): Promise<number> {
  return Number(await runInTerminal(terminal, `printf %s "$${variable}" | wc -c`));
}

/** Resolves to the API's status for the token in a new terminal. */
export function statusInTerminal({ origin }: Emulator): Promise<string> {
  return runInTerminal(vscode.window.createTerminal(), statusOf(origin));
}
