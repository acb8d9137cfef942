import * as vscode from 'vscode';

/** ID of the machine of all windows that don't name another one. */
export const machine = crypto.randomUUID();

/** VS Code's global state, in memory. */
export class Memory implements vscode.Memento {
  readonly #kept = new Map<string, unknown>();
  keys = () => [...this.#kept.keys()];
  get<T>(key: string, otherwise?: T): T {
    return (this.#kept.get(key) ?? otherwise) as T;
  }
  update(key: string, value: unknown): Promise<void> {
    this.#kept.set(key, value);
    return Promise.resolve();
  }
}

/**
 * Secret storage that several stores share, as windows do. It fails for keys that match `failsOn`. As in VS Code,
 * change events come after a write, and never for a failed one.
 */
export class Keyring implements vscode.SecretStorage {
  readonly kept = new Map<string, string>();
  failsOn = /^$/;
  readonly #changed = new vscode.EventEmitter<vscode.SecretStorageChangeEvent>();
  readonly onDidChange = this.#changed.event;

  keys(): Promise<string[]> {
    return Promise.resolve([...this.kept.keys()]);
  }
  async get(key: string): Promise<string | undefined> {
    await this.#reach(key);
    return this.kept.get(key);
  }
  async store(key: string, value: string): Promise<void> {
    await this.#reach(key);
    this.kept.set(key, value);
    this.#tell(key);
  }
  async delete(key: string): Promise<void> {
    await this.#reach(key);
    this.kept.delete(key);
    this.#tell(key);
  }
  #tell(key: string): void {
    setImmediate(() => this.#changed.fire({ key }));
  }
  #reach(key: string): Promise<void> {
    return this.failsOn.test(key)
      ? Promise.reject(new Error(`cannot take ${[...this.kept.values()].join()}`))
      : Promise.resolve();
  }
}
