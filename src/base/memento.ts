import type * as vscode from 'vscode';

/** How often a value is written at most. */
const mostTries = 5;

/**
 * VS Code's state of an extension, without its losses: VS Code sends each write back to the extension, which takes that
 * for the latest state, so a write that follows within milliseconds can be lost.
 */
export class LosslessMemento implements vscode.Memento {
  /** Values that are being written. */
  readonly #pending = new Map<string, unknown>();

  constructor(private readonly state: vscode.Memento) {}

  keys(): readonly string[] {
    return this.state.keys();
  }

  get<T>(key: string, fallback?: T): T {
    const value = this.#pending.has(key) ? this.#pending.get(key) : this.state.get(key);
    return (value ?? fallback) as T;
  }

  async update(key: string, value: unknown): Promise<void> {
    this.#pending.set(key, value);
    // Otherwise a later value is being written.
    const isLatest = () => this.#pending.get(key) === value;
    const isKept = () => JSON.stringify(this.state.get(key)) === JSON.stringify(value);
    try {
      let tries = 0;
      do {
        await this.state.update(key, value);
      } while (isLatest() && !isKept() && ++tries < mostTries);
    } finally {
      if (isLatest()) {
        this.#pending.delete(key);
      }
    }
  }
}
