import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The stand-in's answers by subcommand. */
export interface Answers {
  readonly repo?: Answer;
  readonly secret?: Answer;
}

export interface Answer {
  readonly output?: string;
  readonly errors?: string;
  /** Copies standard input to standard error. */
  readonly echoes?: boolean;
  readonly exitCode?: number;
  /** Never ends. */
  readonly hangs?: boolean;
  /** Is ended by a signal, once it has read its input. */
  readonly isEnded?: boolean;
}

export interface GhCall {
  readonly args: readonly string[];
  readonly folder: string;
  /** SHA-256 of standard input. */
  readonly input: string;
}

const main = `
const { appendFileSync, readFileSync } = require('node:fs');
const { createHash } = require('node:crypto');
const [, , ...args] = process.argv;
const input = readFileSync(0);
const call = { args, folder: process.cwd(), input: createHash('sha256').update(input).digest('hex') };
appendFileSync(__dirname + '/calls', JSON.stringify(call) + '\\n');
const answer = JSON.parse(readFileSync(__dirname + '/answers', 'utf8'))[args[0]] ?? {};
process.stdout.write(answer.output ?? '');
process.stderr.write((answer.errors ?? '') + (answer.echoes ? input : ''));
process.exitCode = answer.exitCode ?? 0;
if (answer.hangs) setInterval(() => {}, 1000);
if (answer.isEnded) process.kill(process.pid, 'SIGTERM');
`;

/** Puts a stand-in for `gh` first on the extension host's PATH. It records how it was called. */
export class StandInGh {
  readonly folder = mkdtempSync(join(tmpdir(), 'tir-gh-'));
  readonly #path = process.env['PATH'];

  constructor() {
    const script = join(this.folder, 'main.js');
    writeFileSync(script, main);
    writeFileSync(
      join(this.folder, 'gh'),
      `#!/bin/sh\nELECTRON_RUN_AS_NODE=1 exec '${process.execPath}' '${script}' "$@"\n`,
    );
    chmodSync(join(this.folder, 'gh'), 0o755);
    process.env['PATH'] = [this.folder, this.#path].join(delimiter);
    this.answer({ repo: { output: 'https://github.com/me/my-project\n' } });
  }

  answer(answers: Answers): void {
    writeFileSync(join(this.folder, 'answers'), JSON.stringify(answers));
  }

  get calls(): GhCall[] {
    const file = join(this.folder, 'calls');
    // The last line may be incomplete.
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
    return lines.map((line) => JSON.parse(line) as GhCall);
  }

  leave(): void {
    process.env['PATH'] = this.#path;
    rmSync(this.folder, { recursive: true });
  }
}
