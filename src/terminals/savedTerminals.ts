import type * as vscode from 'vscode';

import { sameTerminalToken, type TerminalToken } from './terminalTokens';

/** What a terminal has in the variable: a known token, nothing, or a value from elsewhere, if that can be known. */
export type Content = TerminalToken | 'none' | 'other' | 'unknown';

export function sameContent(a: Content | undefined, b: Content | undefined): boolean {
  return typeof a === 'object' && typeof b === 'object' ? sameTerminalToken(a, b) : a === b;
}

/** A terminal's saved state. After a reload, VS Code doesn't say how a terminal was opened. */
export interface SavedTerminal {
  readonly content: Content;
  /** Whether it was opened with the token on purpose. */
  readonly withToken: boolean;
  /** Whether it can be reopened. */
  readonly canReopen: boolean;
}

/** A terminal's process: its ID, and when it was started, where that is known. */
export interface TerminalProcess {
  readonly pid: number;
  readonly started?: number;
}

type Entry = SavedTerminal & TerminalProcess;

/** Key in the workspace state. */
const stateKey = 'terminals';
const mostSaved = 100;

interface Saved {
  /** The process that starts extension hosts: it stays while a window reloads, and so do its terminals. */
  readonly parent: number;
  readonly terminals: readonly Entry[];
}

/** Keeps what is known of terminals across reloads of the window. */
export class SavedTerminals {
  #before: readonly Entry[];
  readonly #now = new Map<vscode.Terminal, Entry>();
  readonly #forgotten = new WeakSet<vscode.Terminal>();

  constructor(private readonly state: vscode.Memento) {
    const saved = state.get<Partial<Saved>>(stateKey);
    this.#before = saved?.parent === process.ppid && Array.isArray(saved.terminals) ? saved.terminals : [];
  }

  /** The tokens that terminals had before the window reloaded. */
  get tokens(): TerminalToken[] {
    return this.#before.flatMap(({ content }) => (typeof content === 'object' ? [content] : []));
  }

  /** Returns what was known of the terminal with this process before the window reloaded, until it's saved again. */
  of({ pid, started }: TerminalProcess): SavedTerminal | undefined {
    // Another process may have got the ID since.
    return this.#before.find((one) => one.pid === pid && one.started === started);
  }

  save(terminal: vscode.Terminal, of: TerminalProcess, { content, withToken, canReopen }: SavedTerminal): void {
    if (!this.#forgotten.has(terminal)) {
      this.#before = this.#before.filter(({ pid }) => pid !== of.pid);
      this.#now.set(terminal, { ...of, content, withToken, canReopen });
      this.#write();
    }
  }

  forget(terminal: vscode.Terminal): void {
    if (this.#now.delete(terminal)) {
      this.#write();
    }
  }

  /** Forgets all terminals that are open, for good. */
  forgetAll(): void {
    [...this.#now.keys()].forEach((terminal) => this.#forgotten.add(terminal));
    this.#before = [];
    this.#now.clear();
    this.#write();
  }

  /** Best effort: without it, terminals are looked at again after a reload. */
  #write(): void {
    const terminals = [...this.#before, ...this.#now.values()].slice(-mostSaved);
    const saved: Saved | undefined = terminals.length > 0 ? { parent: process.ppid, terminals } : undefined;
    Promise.resolve(this.state.update(stateKey, saved)).catch(() => undefined);
  }
}
