import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import * as vscode from 'vscode';

import { Queue } from '../../src/base/async';
import { jupyterId, type Kernel } from '../../src/notebooks/jupyter';
import { replace } from './widgets';

interface Answer {
  readonly printed: string;
  /** Number of other outputs. */
  readonly shown: number;
}

/**
 * Stands in for the Jupyter extension, which can't be installed from the npm registry: its API, in front of a real
 * Python kernel. Call `end` when done.
 */
export class StandInJupyter {
  /** Code that was run through the API. */
  readonly executed: string[] = [];
  /** Whether the person lets extensions run code. */
  allows = true;
  /** Whether the person has started the kernel. */
  isStarted = true;
  language = 'python';
  readonly #status = new vscode.EventEmitter<string>();
  readonly #queue = new Queue();
  #kernel: Kernel;

  private constructor(
    private readonly process: ChildProcess,
    private readonly answers: AsyncIterator<string>,
  ) {
    this.#kernel = this.#newKernel();
    const kernels = { getKernel: () => Promise.resolve(this.isStarted ? this.#kernel : undefined) };
    const jupyter = { id: jupyterId, activate: () => Promise.resolve({ kernels }) };
    const { getExtension } = vscode.extensions;
    replace(vscode.extensions, {
      getExtension: (id: string) => (id === jupyterId ? jupyter : getExtension(id)),
    });
  }

  static async start(): Promise<StandInJupyter> {
    // Relative to the module of all host tests, `out/test/inHost.js`.
    const script = join(__dirname, '..', '..', 'test', 'support', 'kernel.py');
    const kernel = spawn('/usr/bin/python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    const answers = createInterface(kernel.stdout)[Symbol.asyncIterator]();
    await answers.next();
    return new StandInJupyter(kernel, answers);
  }

  #newKernel(): Kernel {
    const language = () => this.language;
    return {
      status: 'idle',
      get language() {
        return language();
      },
      onDidChangeStatus: this.#status.event,
      executeCode: (code) => this.#execute(code),
    };
  }

  /** Starts another kernel. */
  async renew(): Promise<void> {
    await this.#ask({ op: 'restart' });
    this.#kernel = this.#newKernel();
  }

  /** Runs a cell. Resolves to what it printed. */
  async run(code: string): Promise<Answer> {
    return this.#ask({ op: 'run', code });
  }

  async restart(): Promise<void> {
    this.#status.fire('restarting');
    await this.#ask({ op: 'restart' });
    this.#status.fire('idle');
  }

  async end(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.stdin?.end();
    await ended;
  }

  async *#execute(code: string) {
    if (!this.allows) {
      throw Object.assign(new Error('denied'), { name: 'vscode.jupyter.apiAccessRevoked' });
    }
    this.executed.push(code);
    this.#status.fire('busy');
    const { printed, shown } = await this.#ask({ op: 'execute', code });
    this.#status.fire('idle');
    if (shown > 0) {
      throw new Error('the code has shown something');
    }
    yield { items: [{ mime: 'application/vnd.code.notebook.stdout', data: new TextEncoder().encode(printed) }] };
  }

  #ask(question: object): Promise<Answer> {
    return this.#queue.run(async () => {
      this.process.stdin?.write(`${JSON.stringify(question)}\n`);
      return JSON.parse(String((await this.answers.next()).value)) as Answer;
    });
  }
}
