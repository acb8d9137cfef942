import assert from 'node:assert/strict';

import { toTirError } from '../../../src/base/errors';
import {
  type Configuration,
  envFiles,
  namesIn,
  runsInTerminal,
  wantsToken,
  variablesSource,
  withVariables,
} from '../../../src/terminals/debuggers';

const launch = (more: object) => ({ name: 'x', type: 'node', request: 'launch', ...more });
const variables = new Map([
  ['TIR_API_TOKEN', 'the-token'],
  ['MY_TOKEN', 'the-token'],
]);
const none = new Set<string>();

/** Returns where variables would end up: the `program`, the `terminal`, or where the refusal says they'd be seen. */
function variablesLocation(configuration: Configuration): string {
  try {
    return variablesSource(configuration, 'x', false) === 'configuration' ? 'program' : 'terminal';
  } catch (error) {
    const why = toTirError(error).details.why ?? assert.fail(String(error));
    const places = {
      external: /external terminal/,
      terminal: /its terminal/,
      log: /write the token to a log/,
      shown: /its debugger would show/,
    };
    return Object.entries(places).find(([, words]) => words.test(why))?.[0] ?? why;
  }
}

/** Debuggers that get the token: type, where variables end up by default, and the field that holds them. */
const known = [
  ['node', 'program', 'env'],
  ['pwa-node', 'program', 'env'],
  ['node-terminal', 'terminal', 'env'],
  ['extensionHost', 'shown', 'env'],
  ['pwa-extensionHost', 'shown', 'env'],
  ['debugpy', 'program', 'env'],
  ['python', 'program', 'env'],
  ['go', 'program', 'env'],
  ['java', 'terminal', 'env'],
  ['coreclr', 'program', 'env'],
  ['dart', 'program', 'env'],
  ['php', 'program', 'env'],
  ['cppdbg', 'program', 'environment'],
  ['cppvsdbg', 'program', 'environment'],
] as const;

describe('launch configurations', () => {
  it('get the token by their "tir" field, or else by the setting if the debugger is known', () => {
    for (const [type] of known) {
      assert.ok(wantsToken(launch({ type }), true), type);
      assert.ok(!wantsToken(launch({ type }), false), type);
      assert.ok(!wantsToken(launch({ type, tir: false }), true), type);
    }
    assert.ok(wantsToken(launch({ type: 'unheard-of', tir: true }), false));
    assert.ok(!wantsToken(launch({ type: 'unheard-of' }), true));
    assert.ok(!wantsToken(launch({ type: 'toString' }), true));
    assert.ok(!wantsToken(launch({ tir: 'true' }), false));
  });

  it('never get the token if they attach or are a child session', () => {
    assert.ok(!wantsToken(launch({ request: 'attach', tir: true }), true));
    assert.ok(!wantsToken(launch({ __pendingTargetId: '7', tir: true }), true));
  });

  it('get variables in the place and field that suit each known debugger', () => {
    for (const [type, where, field] of known) {
      assert.equal(variablesLocation(launch({ type })), where, type);
      const added = Object.keys(withVariables(launch({ type }), variables, none)).filter((key) =>
        key.startsWith('env'),
      );
      assert.deepEqual(added, [field], type);
    }
  });

  it('are refused the token if a terminal, a log or the debugger would show it', () => {
    const cases: [string, object][] = [
      ['program', {}],
      ['program', { console: 'internalConsole' }],
      ['terminal', { console: 'integratedTerminal' }],
      ['terminal', { type: 'dart', console: 'terminal' }],
      ['external', { console: 'externalTerminal' }],
      ['external', { type: 'cppdbg', externalConsole: true }],
      ['terminal', { type: 'java' }],
      ['terminal', { type: 'node-terminal' }],
      ['program', { type: 'debugpy', console: 'integratedTerminal' }],
      ['program', { type: 'debugpy' }],
      ['log', { trace: true }],
      ['log', { trace: { stdio: false, logFile: '/tmp/x' } }],
      ['program', { trace: { stdio: false, logFile: null } }],
      ['log', { type: 'debugpy', logToFile: true }],
      ['log', { type: 'cppdbg', logging: { engineLogging: true } }],
      ['program', { type: 'cppdbg', logging: { moduleLoad: true } }],
      ['shown', { type: 'extensionHost' }],
      ['shown', { env: ['A=B'] }],
      ['shown', { type: 'cppdbg', environment: {} }],
    ];
    for (const [where, more] of cases) {
      assert.equal(variablesLocation(launch(more)), where, JSON.stringify(more));
    }
    assert.equal(variablesSource(launch({ console: 'integratedTerminal' }), 'x', true), 'terminal');
  });

  it('keep their own variables', () => {
    const before = launch({ env: { MY_TOKEN: 'mine', OTHER: null } });
    const text = JSON.stringify(before);
    assert.deepEqual(withVariables(before, variables, none), {
      ...before,
      env: { TIR_API_TOKEN: 'the-token', MY_TOKEN: 'mine', OTHER: null },
    });
    assert.equal(JSON.stringify(before), text, 'the given configuration is unchanged');
    assert.deepEqual(
      withVariables(launch({}), variables, new Set(['TIR_API_TOKEN'])),
      launch({ env: { MY_TOKEN: 'the-token' } }),
    );
    const mine = { name: 'MY_TOKEN', value: 'mine' };
    assert.deepEqual(withVariables(launch({ type: 'cppdbg', environment: [mine] }), variables, none), {
      ...launch({ type: 'cppdbg' }),
      environment: [mine, { name: 'TIR_API_TOKEN', value: 'the-token' }],
    });
  });

  it('name env files, whose variable names are read', () => {
    assert.deepEqual(envFiles(launch({})), []);
    assert.deepEqual(envFiles(launch({ envFile: 'a' })), ['a']);
    assert.deepEqual(envFiles(launch({ envFile: ['a', 'b', 7] })), ['a', 'b']);
    assert.deepEqual(namesIn('# C=1\nA=1\n export  B = "x=y"\nnothing\nD: 4\n'), ['A', 'B', 'D']);
  });
});

describe('a launch configuration for tests', () => {
  it('gets the token by "tir": true, even if VS Code was started with another one', () => {
    // As the Python extension starts it, with VS Code's own environment in `env`.
    const configuration = {
      ...launch({ type: 'debugpy', purpose: [], tir: true }),
      env: { TIR_API_TOKEN: 'old', A: 'b' },
    };
    assert.ok(wantsToken(configuration, false));
    assert.equal(variablesSource(configuration, 'x', true), 'configuration');
    const { env } = withVariables(configuration, variables, none, { TIR_API_TOKEN: 'old' });
    assert.deepEqual(env, { TIR_API_TOKEN: 'the-token', MY_TOKEN: 'the-token', A: 'b' });
    const chosen = withVariables(configuration, variables, none, { TIR_API_TOKEN: 'another' });
    assert.equal((chosen.env as Record<string, string>)['TIR_API_TOKEN'], 'old', 'the configuration sets this one');
    const node = withVariables({ ...configuration, type: 'node' }, variables, none, { TIR_API_TOKEN: 'old' });
    assert.equal((node.env as Record<string, string>)['TIR_API_TOKEN'], 'old', "Node doesn't know the environment");
    const inFile = withVariables(configuration, variables, new Set(['TIR_API_TOKEN']), { TIR_API_TOKEN: 'old' });
    assert.equal((inFile.env as Record<string, string>)['TIR_API_TOKEN'], 'old', 'its envFile has the same value');
  });
});

describe('a launch configuration', () => {
  it('runs in an integrated terminal with its variables, or not', () => {
    const cases: readonly (readonly [object, isGiven: boolean, expected: boolean])[] = [
      [{ console: 'integratedTerminal' }, false, true],
      [{}, false, false],
      [{ type: 'node-terminal' }, false, true],
      [{ type: 'debugpy' }, false, true],
      // Its launcher gets the variables past the terminal.
      [{ type: 'debugpy' }, true, false],
      [{ console: 'integratedTerminal', request: 'attach' }, false, false],
      [{ console: 'integratedTerminal', __pendingTargetId: '1' }, false, false],
    ];
    for (const [more, isGiven, expected] of cases) {
      assert.equal(runsInTerminal(launch(more), isGiven), expected, JSON.stringify(more));
    }
  });
});
