import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

import * as vscode from 'vscode';

import { Queue } from '../../../src/base/async';
import type { Kernel } from '../../../src/notebooks/jupyter';

/** Reads lines of JSON, each with code to run in one namespace. Answers each with what the code printed. */
const loop = `
import contextlib, io, json, sys
names = {}
for line in sys.stdin:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(json.loads(line), names)
    print(json.dumps(printed.getvalue()), flush=True)
`;

/** A kernel as the Jupyter extension hands it out, in front of a Python process. Call `end` when done. */
export class PythonProcess implements Kernel {
  status = 'idle';
  language = 'python';
  readonly #changed = new vscode.EventEmitter<string>();
  readonly onDidChangeStatus = this.#changed.event;
  readonly #queue = new Queue();
  /** Code that was run through the API. */
  readonly executed: string[] = [];
  /** Tells whether to drop code, as Jupyter does if the person interrupts the kernel. */
  drops: (code: string) => boolean = () => false;
  /** Is thrown instead of running code. */
  fails: Error | undefined;
  #process: ChildProcessByStdio<Writable, Readable, null>;
  #answers: AsyncIterator<string>;

  constructor(private readonly env: NodeJS.ProcessEnv = {}) {
    [this.#process, this.#answers] = this.#start();
  }

  #start(): [ChildProcessByStdio<Writable, Readable, null>, AsyncIterator<string>] {
    const env = { ...process.env, ...this.env };
    const child = spawn('python3', ['-c', loop], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    return [child, createInterface(child.stdout)[Symbol.asyncIterator]()];
  }

  /** Runs a cell. Resolves to what it printed. */
  run(code: string): Promise<string> {
    return this.#queue.run(async () => {
      this.#process.stdin.write(`${JSON.stringify(code)}\n`);
      return JSON.parse(String((await this.#answers.next()).value)) as string;
    });
  }

  /** Resolves to a variable of its environment; empty if it has none. */
  async variable(name = 'TIR_API_TOKEN'): Promise<string> {
    return (await this.run(`import os; print(os.environ.get("${name}", ""))`)).trim();
  }

  /** Has the kernel say that it's on another machine. */
  async moveTo(host: string): Promise<void> {
    const lines = [
      'import builtins, socket',
      `socket.gethostname = lambda: "${host}"`,
      'def refuse(*_, **__): raise OSError',
    ];
    await this.run([...lines, 'builtins.open = refuse'].join('\n'));
  }

  async restart(host?: string): Promise<void> {
    this.#set('restarting');
    await this.#queue.run(async () => {
      await this.end();
      [this.#process, this.#answers] = this.#start();
    });
    await (host && this.moveTo(host));
    this.#set('idle');
  }

  async end(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.stdin.end();
    await ended;
  }

  async *executeCode(code: string) {
    this.executed.push(code);
    if (this.fails) {
      throw this.fails;
    }
    if (!this.drops(code)) {
      this.#set('busy');
      const data = new TextEncoder().encode(await this.run(code));
      this.#set('idle');
      yield { items: [{ mime: 'application/vnd.code.notebook.stdout', data }] };
    }
  }

  #set(status: string): void {
    this.status = status;
    this.#changed.fire(status);
  }
}
