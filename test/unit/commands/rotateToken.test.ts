import assert from 'node:assert/strict';

import { recoverRotations } from '../../../src/commands/rotateToken';
import { runCommand } from '../../../src/commands/run';
import { holdCall } from '../../emulator/fault';
import { begin, type TestSetup } from '../../scenarios/support';
import { newWindow } from '../../support/testWindow';
import { until } from '../../support/until';
import { cancelButton } from '../../support/widgets';

const connectionId = 'p-4711-delhi';

describe('rotateToken', () => {
  let bench: TestSetup;
  let id: number;
  beforeEach(async () => {
    bench = await begin();
    await bench.signIn();
    ({ id } = await bench.run<{ id: number }>('createToken', { name: 'dev' }));
  });
  afterEach(() => bench.end());

  const names = () => bench.emulator.tokens.map(({ name }) => name);
  const lastMessage = () => bench.person.read.at(-1)?.message ?? '';

  it('makes no third token if another window rotates the token while the question is open', async () => {
    const other = newWindow(bench.emulator, bench.keyring);
    bench.person.clicks = 'Rotate';
    bench.person.meanwhile = () => runCommand(other.services, 'rotateToken', { id, connectionId }, []);
    await bench.runInteractively('rotateToken', { id, connectionId });
    other.end();
    assert.deepEqual(names(), ['sign-in', 'dev-2']);
    assert.match(lastMessage(), /^Couldn't rotate the token "dev": It no longer exists on TIR/);
    assert.equal(await bench.status(), 200);
  });

  const entries = async () =>
    (await bench.window.services.activity.activityLog.read()).map(
      ({ action, outcome, token }) => `${action} ${outcome} ${token}`,
    );

  it('records each step where it happens, even after a cancellation', async () => {
    const cancel = cancelButton();
    const { fault, letGo } = holdCall();
    bench.emulator.fail('DELETE', fault);
    const rotating = assert.rejects(bench.run('rotateToken', { id }), { code: 'cancelled' });
    await until('the deletion', () => bench.emulator.calls.at(-1)?.startsWith('DELETE'));
    assert.equal((await entries()).at(-1), 'create ok dev-2');
    await cancel();
    await rotating;
    letGo();
    await until('the end', async () => (await entries()).includes('delete ok dev'));
    assert.ok((await entries()).includes('rotate ok dev-2'));
  });

  it('records a rotation that keeps the old token, or that a later start finishes', async () => {
    bench.emulator.fail('DELETE', { status: 403 });
    await assert.rejects(bench.run('rotateToken', { id }), { code: 'forbidden' });
    const all = await entries();
    assert.ok(all.includes('rotate ok dev-2') && all.includes('delete forbidden dev'));
    const at = Date.now();
    const begun = { connectionId, oldId: id, oldName: 'dev', newName: 'dev-3', startedAt: at, at, window: 'closed' };
    await bench.window.services.store.saveRotation(begun);
    bench.emulator.seed('dev-3');
    await recoverRotations(bench.window.services);
    assert.ok((await entries()).includes('create ok dev-3'));
  });

  it('says after a cancellation which token an earlier try has left', async () => {
    const at = Date.now() - 1000;
    const begun = { connectionId, oldId: id, oldName: 'dev', newName: 'dev-2', startedAt: at, at, window: 'closed' };
    await bench.window.services.store.saveRotation(begun);
    // Too late to be certainly the new token of the earlier try.
    bench.emulator.seed('dev-2', { createdAt: Date.now() + 24 * 60 * 60 * 1000 });
    const cancel = cancelButton();
    const { fault, letGo } = holdCall();
    bench.emulator.fail('DELETE', fault);
    const rotating = assert.rejects(bench.run('rotateToken', { id }), { code: 'cancelled' });
    await until('the deletion', () => bench.emulator.calls.some((call) => call.startsWith('DELETE')));
    await cancel();
    await rotating;
    assert.equal(lastMessage(), 'The rotation of "dev" continues in the background.');
    letGo();
    await until('the end', () => bench.person.read.length === 3);
    assert.deepEqual(bench.person.read.map(({ message }) => message.slice(0, 29)).sort(), [
      ...['The rotation of "dev" continu', 'The token "dev" was rotated.', 'The token "dev-2" may be left'],
    ]);
    assert.deepEqual(names(), ['sign-in', 'dev-2', 'dev-3']);
  });
});
