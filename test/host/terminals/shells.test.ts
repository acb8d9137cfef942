import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import * as vscode from 'vscode';

import { begin, lengthInTerminal, run, signIn, type TestSetup } from '../support';

/** Start-up files that set an old value, as the guide of TIR has it for bash. */
const shells = [
  { name: 'bash', file: '.bashrc', line: 'export TIR_API_TOKEN=old' },
  { name: 'zsh', file: '.zshrc', line: 'export TIR_API_TOKEN=old' },
  { name: 'fish', file: '.config/fish/config.fish', line: 'set -gx TIR_API_TOKEN old' },
];

describe('a shell whose start-up file exports an old value', () => {
  let bench: TestSetup;
  let home: string;
  beforeEach(async () => {
    bench = await begin();
    home = mkdtempSync(join(tmpdir(), 'tir-home-'));
    await signIn(bench.emulator);
  });
  afterEach(async () => {
    await bench.end();
    rmSync(home, { recursive: true, force: true, maxRetries: 10 });
  });

  for (const { name, file, line } of shells) {
    it(`has the token in use, and its own value when none is: ${name}`, async () => {
      mkdirSync(dirname(join(home, file)), { recursive: true });
      // Otherwise fish begins to write completions at its first start.
      mkdirSync(join(home, '.local', 'share', 'fish', 'generated_completions'), { recursive: true });
      writeFileSync(join(home, file), `${line}\n`);
      const env = { HOME: home, ZDOTDIR: home, XDG_CONFIG_HOME: join(home, '.config') };
      const options = { shellPath: `/usr/bin/${name}`, env };
      const length = () => lengthInTerminal('TIR_API_TOKEN', vscode.window.createTerminal(options));
      await run('createToken', { name: 'new' });
      const { value } = bench.emulator.made.find((one) => one.name === 'new')!;
      assert.equal(await length(), value.length);
      await run('stopUsingToken');
      assert.equal(await length(), 3);
    });
  }
});
