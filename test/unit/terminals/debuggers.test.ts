import assert from 'node:assert/strict';

import { toTirError } from '../../../src/base/errors';
import {
  type Configuration,
  envFiles,
  namesIn,
  wantsToken,
  wayOf,
  withVariables,
} from '../../../src/terminals/debuggers';

const launch = (more: object) => ({ name: 'x', type: 'node', request: 'launch', ...more });
const variables = new Map([
  ['TIR_API_TOKEN', 'the-token'],
  ['MY_TOKEN', 'the-token'],
]);
const none = new Set<string>();

/** Where the variables would end up: in the configuration (`program`), or where the sentence says they could be seen. */
function whereabouts(configuration: Configuration): string {
  try {
    return wayOf(configuration, 'x', false) === 'configuration' ? 'program' : 'terminal';
  } catch (error) {
    const why = toTirError(error).details.why ?? assert.fail(String(error));
    const places = {
      external: /external terminal/,
      terminal: /its terminal/,
      log: /writes a log/,
      shown: /of its type/,
    };
    return Object.entries(places).find(([, words]) => words.test(why))?.[0] ?? why;
  }
}

/** The debuggers that get the token: where variables end up unless the configuration says more, and in which field. */
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
  it('get the token on their own word, else where the setting says so and the debugger is known', () => {
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

  it('that attach, or are below another session, never get it', () => {
    assert.ok(!wantsToken(launch({ request: 'attach', tir: true }), true));
    assert.ok(!wantsToken(launch({ __pendingTargetId: '7', tir: true }), true));
  });

  it('are known by their debuggers: where variables end up, and the field that holds them', () => {
    for (const [type, where, field] of known) {
      assert.equal(whereabouts(launch({ type })), where, type);
      const added = Object.keys(withVariables(launch({ type }), variables, none)).filter((key) =>
        key.startsWith('env'),
      );
      assert.deepEqual(added, [field], type);
    }
  });

  it('get it as a variable only where no one is shown it', () => {
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
      assert.equal(whereabouts(launch(more)), where, JSON.stringify(more));
    }
    assert.equal(wayOf(launch({ console: 'integratedTerminal' }), 'x', true), 'terminal');
  });

  it('keep the variables that they have', () => {
    const before = launch({ env: { MY_TOKEN: 'mine', OTHER: null } });
    const text = JSON.stringify(before);
    assert.deepEqual(withVariables(before, variables, none), {
      ...before,
      env: { TIR_API_TOKEN: 'the-token', MY_TOKEN: 'mine', OTHER: null },
    });
    assert.equal(JSON.stringify(before), text, 'what was given stays as it is');
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

  it('name files of variables', () => {
    assert.deepEqual(envFiles(launch({})), []);
    assert.deepEqual(envFiles(launch({ envFile: 'a' })), ['a']);
    assert.deepEqual(envFiles(launch({ envFile: ['a', 'b', 7] })), ['a', 'b']);
    assert.deepEqual(namesIn('# C=1\nA=1\n export  B = "x=y"\nnothing\nD: 4\n'), ['A', 'B', 'D']);
  });
});
