import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '../../scripts/root.mjs';
import { until } from '../support/until';
import { statusOf } from '../support/whoami';
import { Workbench } from '../ui/workbench';

/** When the extension host is killed: after its n-th secret write, or before or after TIR does the n-th call's work. */
type Boundary = ({ write: number } | { call: number; at: 'before' | 'after' }) & {
  /** Whether TIR's list has no values, so a value whose answer is lost is lost. */
  readonly withoutValues?: true;
};

/** Secret writes and API calls of an undisturbed rotation. */
interface Steps {
  readonly writes: readonly string[];
  readonly calls: readonly ('GET' | 'POST' | 'DELETE')[];
}

type RecoveryOutcome = 'nothing' | 'finished' | 'undone';

/** The purpose of each write and call: the n-th name is for the n-th of its kind. Others are shown as they are. */
const names: Record<string, readonly string[]> = {
  'store rotation': ['record written', "new token's ID recorded"],
  'store value': ["new token's value stored"],
  'store in-use': ['use moved'],
  'store connection': ['connection moved'],
  'delete value': ["old token's value forgotten"],
  'delete rotation': ['record taken out'],
  GET: ['list', 'test the new token'],
  POST: ['create the new token'],
  DELETE: ['delete the old token'],
};

describe('a rotation whose extension host is killed', () => {
  let workbench: Workbench;
  before(async () => {
    const bundle = join(root, 'out', 'test', 'killed', 'main.js');
    workbench = await Workbench.open('rotation-killed', { bundle });
  });
  after(function () {
    return workbench.close(this.test?.parent?.tests[0]);
  });

  const file = (name: string) => join(workbench.extension, 'dist', name);
  const read = (name: string) => (existsSync(file(name)) ? readFileSync(file(name), 'utf8') : '');
  const writes = () => read('writes').split('\n').slice(0, -1);
  const arm = (afterWrite?: number) => {
    writeFileSync(file('writes'), '');
    writeFileSync(file('armed'), String(afterWrite ?? ''));
  };
  const disarm = () => rmSync(file('armed'));
  /** The token that is rotated, under any of its names. `others` are for comparison. */
  const rotated = () => workbench.emulator.tokens.filter(({ name }) => name.startsWith('laptop'));
  const others = () => workbench.emulator.tokens.filter(({ name }) => !name.startsWith('laptop')).map(({ id }) => id);

  const rotate = async (name: string) => {
    await workbench.command('TIR: Rotate Token…');
    await workbench.answer('Rotate Token', name);
    await workbench.dialog.getByText(`Rotate the token "${name}"?`).waitFor();
    await workbench.dialog.getByRole('button', { name: 'Rotate', exact: true }).click();
  };

  /** Returns the notifications about interrupted rotations. */
  const said = () => workbench.notification('interrupted rotation').allInnerTexts();

  /** Returns the API's status for a new terminal's token. Closes the terminal, or the next window would restore it. */
  const fromTerminal = async () => {
    const line = statusOf(workbench.emulator.origin);
    const status = await workbench.inNewTerminal(line);
    await workbench.command('Terminal: Kill All Terminals');
    await workbench.page.locator('.terminal-wrapper').first().waitFor({ state: 'detached' });
    return status;
  };

  /** Checks that a refresh loads the current list: it has a token that was created elsewhere just now. */
  const lists = async (count: number) => {
    others().forEach((id) => workbench.emulator.revoke(id));
    workbench.emulator.seed(`elsewhere-${count}`);
    await workbench.command('TIR: Refresh');
    await workbench.row(new RegExp(`^elsewhere-${count}, `)).waitFor();
  };

  const undisturbed = async (): Promise<Steps> => {
    const { emulator, page } = workbench;
    const name = rotated()[0]?.name ?? '';
    const callsBefore = emulator.calls.length;
    arm();
    await rotate(name);
    await page.getByText(`Replaced the token "${name}" with`).first().waitFor();
    disarm();
    const calls = emulator.calls.slice(callsBefore).map((call) => call.split(' ')[0] as Steps['calls'][number]);
    assert.equal(calls.at(-1), 'DELETE', 'the old token is deleted last');
    return { writes: writes(), calls };
  };

  /** Kills a rotation at this boundary, reopens the window, and checks everything. Fills in `row` along the way. */
  const killedAt = async (boundary: Boundary, steps: Steps, row: string[]) => {
    const { emulator } = workbench;
    const [old, ...more] = rotated();
    assert.ok(old && more.length === 0);
    emulator.listWithValues = !boundary.withoutValues;
    const othersBefore = others();
    const pid = Number(read('pid'));
    if ('write' in boundary) {
      arm(boundary.write);
    } else {
      arm();
      const method = steps.calls[boundary.call] ?? 'GET';
      const before = steps.calls.slice(0, boundary.call).filter((call) => call === method).length;
      emulator.fail(method, {}, before);
      emulator.fail(method, { stop: { at: boundary.at, call: () => process.kill(pid, 'SIGKILL') } });
    }
    await rotate(old.name);
    await until('the extension host to be dead', () => !isAlive(pid));
    const done = writes();
    assert.deepEqual(done, steps.writes.slice(0, done.length), 'the writes match the undisturbed rotation');
    const isCreated = rotated().some((token) => token !== old);
    const isMoved = done.includes('store in-use') && done.includes('store connection');
    assert.ok(isMoved || emulator.tokens.includes(old), 'the token in use is valid when the host is killed');
    await workbench.reopen(() => {
      emulator.heal();
      disarm();
    });

    const isRecorded = done.findLast((write) => write.endsWith(' rotation')) === 'store rotation';
    if (isRecorded) {
      await workbench.notification('interrupted rotation').first().waitFor();
    }
    const outcome = isRecorded ? outcomeOf(await said()) : 'nothing';
    await workbench.row(/^laptop.*, in use/).waitFor();
    const left = rotated();
    const status = await fromTerminal();
    row.push(outcome, left.map(({ id }) => (id === old.id ? 'old' : 'new')).join(' and ') || 'none', status);

    const isLost = boundary.withoutValues === true && isCreated;
    assert.equal(left.length, isLost ? 2 : 1, 'one of the two is left, unless only the person can tell');
    assert.deepEqual(others(), othersBefore, 'no other token was created or deleted');
    assert.equal(status, '200', 'the token of a new terminal is valid');
    const isReplaced = !left.includes(old);
    const hasValue = done.includes('store value') || (isCreated && !boundary.withoutValues);
    assert.equal(isReplaced, hasValue, 'the new token stays if and only if its value was stored, or is in the list');
    assert.equal(outcome, !isRecorded ? 'nothing' : isReplaced ? 'finished' : 'undone');
    left.filter((token) => isLost && token !== old).forEach(({ id }) => emulator.revoke(id));
    await lists(Number(row[0]));
    await workbench.showNotifications();
    assert.equal((await said()).length, isRecorded ? 1 : 0, 'the outcome is shown once');
  };

  it('ends with one valid token, which new terminals get, at whatever step it is killed', async function () {
    this.timeout(40 * 60_000);
    const rows: string[][] = [];
    await workbench.openView();
    workbench.emulator.seed('elsewhere-0');
    await workbench.signIn({}, 'laptop');
    await workbench.row(/^laptop, in use/).waitFor();
    const steps = await undisturbed();
    const boundaries: Boundary[] = [
      ...steps.writes.map((_, index) => ({ write: index + 1 })),
      ...steps.calls.flatMap((_, call) => [{ call, at: 'before' } as const, { call, at: 'after' } as const]),
      { call: steps.calls.indexOf('POST'), at: 'after', withoutValues: true },
    ];
    try {
      for (const [index, boundary] of boundaries.entries()) {
        // Each run rotates the token that the run before left, whether old or new.
        const row = [String(index + 1), titleOf(boundary, steps)];
        rows.push(row);
        await killedAt(boundary, steps, row);
      }
      await workbench.reopen(() => undefined);
      await workbench.row(/^laptop.*, in use/).waitFor();
      assert.equal(await fromTerminal(), '200');
      await workbench.showNotifications();
      assert.deepEqual(await said(), [], 'no record is left');
    } finally {
      show(['', 'killed', 'said at the next start', 'token left', 'terminal'], rows);
    }
  });
});

function titleOf(boundary: Boundary, { writes, calls }: Steps): string {
  if ('write' in boundary) {
    return `after write ${boundary.write}: ${nameOf(writes, boundary.write - 1)}`;
  }
  const title = `${boundary.at} the work of call ${boundary.call + 1}: ${nameOf(calls, boundary.call)}`;
  return boundary.withoutValues ? `${title}, without values in the list` : title;
}

function nameOf(steps: readonly string[], index: number): string {
  const step = steps[index] ?? '';
  return names[step]?.[steps.slice(0, index).filter((other) => other === step).length] ?? step;
}

function outcomeOf(texts: readonly string[]): RecoveryOutcome {
  const text = texts.join('\n');
  assert.match(text, /(Finished|Undid) the interrupted rotation/);
  return text.includes('Finished') ? 'finished' : 'undone';
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function show(head: string[], rows: readonly string[][]): void {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)));
  for (const row of [head, ...rows]) {
    console.log(
      `    ${widths
        .map((width, column) => (row[column] ?? '').padEnd(width))
        .join('  ')
        .trimEnd()}`,
    );
  }
}
