import { setTimeout as pause } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';

import * as vscode from 'vscode';

import { Disposable } from '../base/disposable';
import { digestLength } from '../base/secret';
import { isAtPrompt, programOf } from '../platform/processes';
import { digestCommand, shellAt } from './shells';
import { isIntegrated, runsCommand, shellOf } from './terminalOptions';
import { tokenVariable } from './variables';

/** Milliseconds between two looks at a shell that isn't at its prompt, and their number. */
const lookAgain = 200;
const mostLooks = 10;

const mostTries = 3;

/** Milliseconds that a shell has to start, and for its answer. */
const startTime = 5000;
const answerTime = 15_000;

/** A digest of the variable's value, or why the shell could not be asked. */
export type Answer =
  | { readonly digest: string }
  /** `unsure`: a command may run there that began before this extension started. */
  | { readonly why: 'busy' | 'unsure' | 'no-integration' | 'no-answer' };

/** Asks the shells of terminals for a digest of the variable, through VS Code's shell integration. */
export class ShellQuestions extends Disposable {
  /** Terminals in which a command runs. */
  readonly #running = new WeakSet<vscode.Terminal>();
  /** Terminals in which a command has ended. */
  readonly #ended = new WeakSet<vscode.Terminal>();

  constructor() {
    super();
    this.register(
      vscode.Disposable.from(
        vscode.window.onDidStartTerminalShellExecution(({ terminal }) => this.#running.add(terminal)),
        vscode.window.onDidEndTerminalShellExecution(({ terminal }) => {
          this.#running.delete(terminal);
          this.#ended.add(terminal);
        }),
      ),
    );
  }

  /**
   * Asks a terminal's shell for the digest of its variable.
   * @param key is hashed before the value
   * @param isRestored whether a command may have begun before this extension started
   */
  async ask(terminal: vscode.Terminal, key: string, isRestored: boolean): Promise<Answer> {
    const pid = await terminal.processId;
    // VS Code may know only the default shell. Another one could take the command for something else.
    const program = pid === undefined ? undefined : await programOf(pid);
    const { kind } = program === undefined ? shellOf(terminal) : shellAt(program);
    const command = digestCommand(kind, key, tokenVariable);
    if (command === undefined || runsCommand(terminal.creationOptions)) {
      return { why: 'no-integration' };
    }
    const integration =
      terminal.shellIntegration ?? (isIntegrated(terminal) ? await integrationOf(terminal) : undefined);
    if (!integration) {
      return { why: 'no-integration' };
    }
    let output: string | undefined = '';
    // VS Code 1.96 takes the end of the previous command for the end of this one, if the shell reports it only now.
    for (let tries = 0; tries < mostTries && output !== undefined; tries++) {
      const state = await this.#waitForPrompt(terminal, pid, isRestored);
      if (state !== 'idle') {
        return { why: state };
      }
      try {
        output = await outputOf(integration.executeCommand(command));
      } catch {
        // VS Code refuses to run commands in a task's terminal.
        return { why: 'no-integration' };
      }
      const sum = /\b[0-9a-f]{64}\b/i.exec(stripVTControlCharacters(output ?? ''))?.[0].toLowerCase();
      if (sum !== undefined) {
        return { digest: sum.slice(0, digestLength) };
      }
    }
    return { why: 'no-answer' };
  }

  /** Waits for the end of what runs in a terminal, for a short time. */
  async #waitForPrompt(terminal: vscode.Terminal, pid: number | undefined, isRestored: boolean) {
    let state = await this.#stateOf(terminal, pid, isRestored);
    for (let looks = 1; looks < mostLooks && state === 'busy'; looks++) {
      await pause(lookAgain);
      state = await this.#stateOf(terminal, pid, isRestored);
    }
    return state;
  }

  /** Tells whether something runs in a terminal. VS Code would interrupt it to run another command. */
  async #stateOf(
    terminal: vscode.Terminal,
    pid: number | undefined,
    isRestored: boolean,
  ): Promise<'idle' | 'busy' | 'unsure'> {
    const isIdle = pid === undefined ? undefined : await isAtPrompt(pid);
    if (this.#running.has(terminal) || isIdle === false) {
      return 'busy';
    }
    return isIdle === true || !isRestored || this.#ended.has(terminal) ? 'idle' : 'unsure';
  }
}

/** Waits until a shell that has just been started can be asked; resolves to undefined if that takes too long. */
async function integrationOf(terminal: vscode.Terminal): Promise<vscode.TerminalShellIntegration | undefined> {
  let subscription: vscode.Disposable | undefined;
  const reported = new Promise<vscode.TerminalShellIntegration>((resolve) => {
    subscription = vscode.window.onDidChangeTerminalShellIntegration((changed) => {
      if (changed.terminal === terminal) {
        resolve(changed.shellIntegration);
      }
    });
  });
  const integration = await inTime(reported, startTime);
  subscription?.dispose();
  return integration;
}

/** Resolves to undefined if something takes longer than this many milliseconds. */
async function inTime<T>(work: Promise<T>, most: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), most)));
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves to what a command prints until it ends; undefined if it doesn't end in time. */
async function outputOf(execution: vscode.TerminalShellExecution): Promise<string | undefined> {
  let output = '';
  const read = async () => {
    for await (const part of execution.read()) {
      output += part;
    }
    return output;
  };
  return inTime(read(), answerTime);
}
