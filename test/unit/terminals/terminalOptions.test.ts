import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import {
  asOptions,
  isIntegrated,
  isOfAgent,
  isOfToken,
  isOurs,
  isPersons,
  runsCommand,
  shellOf,
  tokenIcon,
  withoutToken,
} from '../../../src/terminals/terminalOptions';
import { replace, restoreReplaced } from '../../support/widgets';

const terminal = (shellPath: string | undefined, shellArgs: string | string[] = [], state = {}) =>
  ({ creationOptions: { ...(shellPath !== undefined && { shellPath }), shellArgs }, state }) as vscode.Terminal;

describe('the options of a terminal', () => {
  beforeEach(() => replace(vscode.env, { shell: '/usr/bin/fish' }));
  afterEach(restoreReplaced);

  it('hold variables of a token, as shell integration reads them, which can be taken out again', () => {
    const env = asOptions(new Map([['TIR_API_TOKEN', 'a:b=c'], ['MODEL_KEY', 'a:b=c'], ['E2E_TIR_API_KEY', 'k']])); // prettier-ignore
    assert.equal(env['TIR_API_TOKEN'], 'a:b=c');
    assert.equal(env['VSCODE_ENV_REPLACE'], 'TIR_API_TOKEN=a\\x3ab=c:MODEL_KEY=a\\x3ab=c:E2E_TIR_API_KEY=k');
    assert.deepEqual(withoutToken({ ...env, MINE: 'mine' }), { MINE: 'mine' });
    const persons = { TIR_API_TOKEN: 'mine', VSCODE_ENV_REPLACE: 'PATH=/bin' };
    assert.deepEqual([isOfToken(env), isOfToken(persons), withoutToken(persons)], [true, false, persons]);
  });

  it('tell its shell, which VS Code may know better', () => {
    assert.equal(shellOf(terminal('/bin/bash')).name, 'bash');
    assert.equal(shellOf(terminal(undefined)).name, 'fish');
    assert.equal(shellOf(terminal('/bin/bash', [], { shell: 'zsh' })).name, 'zsh');
  });

  it('tell whether shell integration works, and whether the shell runs a command', () => {
    const cases: readonly (readonly [string, string | string[], integrated: boolean, command: boolean])[] = [
      ['/bin/bash', [], true, false],
      ['/bin/bash', '', true, false],
      ['/bin/bash', ['--login'], true, false],
      ['/bin/bash', ['-i'], false, false],
      ['/bin/bash', ['-i', '-l'], true, false],
      ['/bin/bash', ['--norc'], false, false],
      ['/bin/bash', ['-c', 'make'], false, true],
      ['/bin/zsh', ['-lc', 'make'], false, true],
      ['/bin/bash', ['script.sh'], false, true],
      ['pwsh.exe', ['-NoLogo'], true, false],
      ['pwsh.exe', ['-Command', 'x'], false, true],
      ['cmd.exe', ['/c', 'x'], false, true],
      ['/bin/sh', [], false, false],
    ];
    for (const [path, args, integrated, command] of cases) {
      const one = terminal(path, args);
      assert.deepEqual(
        [isIntegrated(one), runsCommand(one.creationOptions)],
        [integrated, command],
        `${path} ${String(args)}`,
      );
    }
  });

  it('tell who opened it', () => {
    const persons = { shellPath: undefined, hideFromUser: false, name: undefined };
    const extensions = { shellPath: '/bin/bash' };
    const ours = { name: 'TIR: a', iconPath: tokenIcon };
    const who = (options: object) => {
      const given = options as vscode.TerminalOptions;
      return [isPersons(given), isOurs(given), isOfAgent(given)];
    };
    assert.deepEqual(who(persons), [true, false, false]);
    assert.deepEqual(who({ ...persons, hideFromUser: true }), [false, false, false]);
    assert.deepEqual(who(extensions), [false, false, false]);
    assert.deepEqual(who(ours), [false, true, false]);
    assert.deepEqual(who({ name: 'TIR: Run Tests with Token' }), [false, false, false]);
    assert.deepEqual(who({ ...extensions, env: { COPILOT_AGENT: '1' } }), [false, false, true]);
    assert.deepEqual(who({ name: 'TIR: a', pty: {} }), [false, false, false]);
  });
});
