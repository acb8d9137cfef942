import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { digestOf } from '../../../src/base/secret';
import { checkTerminal } from '../../../src/commands/checkTerminal';
import { runCommand } from '../../../src/commands/run';
import { tellOfOpened, tellOfOtherValue } from '../../../src/commands/notices';
import type { Services } from '../../../src/services';
import type { Content } from '../../../src/terminals/savedTerminals';
import type { Answer } from '../../../src/terminals/shellQuestions';
import type { TerminalToken } from '../../../src/terminals/terminalTokens';
import { begin } from '../../scenarios/support';
import { Memory } from '../../support/keyring';
import { replace, restoreReplaced } from '../../support/widgets';

const key = 'key';
const tokenOf = (name: string): TerminalToken => ({
  token: { connectionId: 'p', id: 1, name },
  digest: digestOf(key, `value of ${name}`),
});
const [inUse, old] = [tokenOf('new'), tokenOf('old')];

/** A terminal, what is known of it, and what its shell answers. */
interface Situation {
  readonly options?: object;
  readonly answer?: Answer;
  readonly atStart?: Content;
  readonly digestAtStart?: string;
  readonly inUse?: TerminalToken | undefined;
  /** What the terminal would get; by default, what is in use. */
  readonly gets?: TerminalToken | undefined;
  readonly canReopen?: boolean;
}

it("errors are shown, not thrown, for a terminal's menu, but thrown to a program", async () => {
  const bench = await begin();
  const terminal = { creationOptions: {} };
  replace(vscode.window, { terminals: [terminal] });
  assert.equal(await runCommand(bench.window.services, 'refresh', terminal, []), undefined);
  assert.match(bench.person.read[0]?.message ?? '', /aren't signed in to TIR/);
  await assert.rejects(runCommand(bench.window.services, 'refresh', { creationOptions: {} }, []));
  restoreReplaced();
  await bench.end();
});

describe('what is said of a terminal', () => {
  let home: string;
  let told: { message: string; button: string | undefined }[];
  let global: Memory;
  const realHome = process.env['HOME'];
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'tir-home-'));
    process.env['HOME'] = home;
    told = [];
    global = new Memory();
    const show = (message: string, button?: string) => {
      told.push({ message, button });
      return Promise.resolve(undefined);
    };
    replace(vscode.window, { showWarningMessage: show, showInformationMessage: show });
    replace(vscode.env, { shell: '/bin/bash', remoteName: undefined });
  });
  afterEach(async () => {
    restoreReplaced();
    process.env['HOME'] = realHome;
    rmSync(home, { recursive: true });
    for (const name of ['terminal.scope', 'terminal.enabled']) {
      await vscode.workspace.getConfiguration('tir').update(name, undefined);
    }
  });

  const services = (situation: Situation) => {
    const { answer = { why: 'no-answer' }, atStart = 'unknown', canReopen = true } = situation;
    const used = 'inUse' in situation ? situation.inUse : inUse;
    const digest = (value: string) => digestOf(key, value);
    const find = (wanted: string) => Promise.resolve([inUse, old].find((one) => one.digest === wanted));
    return {
      globalState: global,
      workspaceState: new Memory(),
      terminals: { update: () => Promise.resolve(), tokens: { key, digest, find } },
      shellQuestions: { ask: () => Promise.resolve(answer) },
      openTerminals: {
        ...{ lookAt: () => Promise.resolve(atStart), isRestored: () => false, canReopen: () => canReopen },
        ...{ inUseFor: () => used, tokenFor: () => ('gets' in situation ? situation.gets : used) },
        digestAtStart: () => Promise.resolve(situation.digestAtStart),
      },
    } as unknown as Services;
  };
  const terminalWith = (options: object = {}) =>
    ({ creationOptions: { shellPath: '/bin/bash', ...options }, state: {} }) as vscode.Terminal;
  const check = async (situation: Situation) => {
    const terminal = terminalWith(situation.options);
    replace(vscode.window, { terminals: [terminal], activeTerminal: terminal });
    told = [];
    const result = await checkTerminal(services(situation), { argument: undefined, selection: [], interactive: true });
    return { ...result, ...told[0] };
  };
  const startUp = (text: string, name = '.bashrc') => writeFileSync(join(home, name), text);
  const digest = (value: string): Answer => ({ digest: digestOf(key, value) });

  it('is that it has the token in use, and what else sets the variable', async () => {
    const praise = 'This terminal has the token in use, "new".';
    const answer = { digest: inUse.digest };
    assert.deepEqual(await check({ answer }), { holds: 'in-use', name: 'new', message: praise, button: undefined });
    const env = { TIR_API_TOKEN: 'own' };
    const overrides = "It overrides the TIR_API_TOKEN in your settings or in the terminal's own options.";
    assert.equal((await check({ answer, options: { env } })).message, `${praise} ${overrides}`);
    startUp('export TIR_API_TOKEN=old');
    const also = 'A start-up file also sets TIR_API_TOKEN. Delete line 1 of ~/.bashrc, which sets it,';
    const { message, button } = await check({ answer });
    assert.deepEqual([message?.startsWith(`${praise} ${also}`), button], [true, 'Open .bashrc']);
    // With "chosen", a terminal from before may have it, although it would get none now.
    assert.equal((await check({ answer, gets: undefined })).holds, 'in-use');
  });

  it('is which old token it has, and that it can be reopened', async () => {
    const text = 'This terminal has an old token, "old".';
    const situation = { answer: { digest: old.digest }, atStart: old };
    assert.deepEqual(await check(situation), {
      ...{ holds: 'old', name: 'old', message: `${text} Reopening ends running programs.`, button: 'Reopen' },
    });
    assert.deepEqual(await check({ ...situation, canReopen: false }), {
      ...{ holds: 'old', name: 'old', message: text, button: 'Open Terminal' },
    });
    const asked = "Couldn't ask this terminal's shell, so this shows the token that the terminal started with.";
    assert.ok((await check({ atStart: old })).message?.startsWith(`${asked} ${text}`));
  });

  it('is where a value from elsewhere comes from', async () => {
    const text = "This terminal's TIR_API_TOKEN isn't the token in use.";
    const explained = async (situation: Situation) => (await check(situation)).message?.replace(`${text} `, '');
    const start = (value: string) => ({
      answer: digest(value),
      digestAtStart: digestOf(key, value),
      atStart: 'other' as const,
    });
    assert.equal(await explained(start('x')), 'Another extension seems to set it.');
    assert.equal(await explained({ ...start('x'), answer: { why: 'no-integration' } }), "Couldn't ask this terminal's shell, so this shows the token that the terminal started with. Another extension seems to set it."); // prettier-ignore
    assert.equal(await explained({ answer: digest('x') }), 'Reopening ends running programs.');
    startUp('\nexport TIR_API_TOKEN=x');
    assert.match((await explained({ answer: digest('x') })) ?? '', /^Delete line 2 of ~\/\.bashrc, which sets it,/);
    startUp('export TIR_API_TOKEN=$(cat secret)');
    assert.match((await explained({ answer: digest('x') })) ?? '', /^Delete line 1 of/);
    startUp('');
    process.env['TIR_API_TOKEN'] = 'x';
    try {
      assert.match((await explained(start('x'))) ?? '', /^VS Code inherited it, so quit/);
    } finally {
      delete process.env['TIR_API_TOKEN'];
    }
    assert.match((await check({ answer: digest('x'), inUse: undefined })).message ?? '', /^No token is in use, but/);
  });

  // Windows has no such files.
  (process.platform === 'win32' ? it.skip : it)('does not wait for a start-up file that never ends', async () => {
    execFileSync('mkfifo', [join(home, '.bashrc')]);
    writeFileSync(join(home, '.zshrc'), `export TIR_API_TOKEN=x # ${' '.repeat(2e6)}`);
    assert.equal((await check({ answer: digest('x') })).button, 'Reopen');
  });

  it('is why it has none', async () => {
    const answer = digest('');
    const text = 'This terminal doesn\'t have a token, although "new" is in use. Reopening ends running programs.';
    assert.deepEqual(await check({ answer }), { holds: 'none', message: text, button: 'Reopen' });
    const because = async (situation: Situation = { inUse: undefined }) =>
      (await check({ answer, ...situation })).message?.replace('This terminal has no token, because ', '');
    assert.equal(await because(), 'none is in use. Use one, then open a new terminal.');
    const configuration = vscode.workspace.getConfiguration('tir');
    await configuration.update('terminal.scope', 'chosen');
    assert.equal(
      await because({ gets: undefined }),
      'the setting tir.terminal.scope is "chosen". Open one with "Open Terminal with Token…".',
    );
    await configuration.update('terminal.enabled', false);
    assert.equal(await because(), 'the setting tir.terminal.enabled is off. Turn it on, then open a new terminal.');
    replace(vscode.workspace, { isTrusted: false });
    assert.equal(await because(), "the workspace isn't trusted.");
  });

  it('is that the token is unknown, and what to do then', async () => {
    const why = async (reason: 'busy' | 'unsure' | 'no-integration' | 'no-answer', options: object = {}) => {
      const { holds, message } = await check({ answer: { why: reason }, options });
      assert.equal(holds, 'unknown');
      return message;
    };
    assert.match((await why('busy')) ?? '', /^A program is running/);
    assert.match((await why('unsure')) ?? '', /^A program may be running.* Run any command/);
    assert.match((await why('no-answer')) ?? '', /bash didn't answer\. Open a new terminal/);
    assert.match((await why('no-integration', { shellPath: 'C:\\cmd.exe' })) ?? '', /VS Code can't ask cmd\. Use bash/);
    process.env['ENV'] = join(home, 'shrc');
    try {
      startUp('export TIR_API_TOKEN=old', 'shrc');
      const options = { shellPath: '/bin/sh' };
      assert.match(
        (await why('no-integration', options)) ?? '',
        /^A start-up file may replace TIR_API_TOKEN\. Delete line 1/,
      );
      // The same value as the token in use changes nothing.
      startUp('export TIR_API_TOKEN="value of new"', 'shrc');
      assert.equal((await check({ options, answer: { why: 'no-integration' }, atStart: inUse })).holds, 'in-use');
    } finally {
      delete process.env['ENV'];
    }
  });

  it('is said once of a start-up file that replaces the token, and not if it does not', async () => {
    const opened = (options: object, isOfAgent = false) => {
      const terminal = terminalWith(options);
      return tellOfOpened(services({}), { terminal, token: inUse.token, folder: undefined, isOfAgent });
    };
    const withoutIntegration = { shellArgs: ['--posix'] };
    for (const harmless of ['', 'export TIR_API_TOKEN="value of new"', 'if x; then\n  export TIR_API_TOKEN=old\nfi']) {
      startUp(harmless);
      await opened(withoutIntegration);
    }
    startUp('export TIR_API_TOKEN=old');
    await opened({});
    await opened({ shellArgs: ['-c', 'deploy'] });
    const mine = () => told.filter(({ message }) => message.startsWith('A start-up file'));
    assert.deepEqual(mine(), []);
    await opened(withoutIntegration);
    await opened(withoutIntegration);
    process.env['ENV'] = join(home, 'shrc');
    try {
      startUp('TIR_API_TOKEN=old', 'shrc');
      await opened({ shellPath: '/bin/sh' });
    } finally {
      delete process.env['ENV'];
    }
    const text = (shell: string, file: string) =>
      `A start-up file replaces TIR_API_TOKEN in ${shell} terminals. Delete line 1 of ~/${file}, which sets it, then open a new terminal.`;
    assert.deepEqual(mine(), [
      { message: text('bash', '.bashrc'), button: 'Open .bashrc' },
      { message: text('sh', 'shrc'), button: 'Open shrc' },
    ]);
  });

  it('is said once of a value from elsewhere in new terminals, and on the desktop of what VS Code saves', async () => {
    const other = services({ digestAtStart: digestOf(key, 'x') });
    await tellOfOtherValue(other, terminalWith());
    await tellOfOtherValue(other, terminalWith());
    const text = "In new terminals, TIR_API_TOKEN isn't the token in use. Another extension seems to set it.";
    assert.deepEqual(told, [{ message: text, button: 'Show Environment Contributions' }]);
    told = [];
    const opened = () =>
      tellOfOpened(services({}), { terminal: terminalWith(), token: inUse.token, folder: undefined, isOfAgent: false });
    await opened();
    await opened();
    replace(vscode.env, { uiKind: vscode.UIKind.Web });
    global = new Memory();
    await opened();
    assert.deepEqual(told.map(({ button }) => button), ['Stop Saving']); // prettier-ignore
  });
});
