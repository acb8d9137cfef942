import assert from 'node:assert/strict';

import { begin } from '../../scenarios/support';
import { StandInGh } from '../../support/standInGh';
import { until } from '../../support/until';
import { cancelButton } from '../../support/widgets';

const connectionId = 'p-4711-delhi';

it('setGitHubSecret records a secret that gh may have set before it was cancelled, and says so', async () => {
  const bench = await begin();
  const gh = new StandInGh();
  try {
    gh.answer({ repo: { output: 'https://github.com/me/my-project\n' }, secret: { hangs: true } });
    const { id } = await bench.signIn();
    const cancel = cancelButton();
    const refused = assert.rejects(bench.run('setGitHubSecret', { id }), {
      code: 'cancelled',
      message:
        /^It's not known whether the secret TIR_API_TOKEN of me\/my-project was set\. Check on GitHub, or set it again\./,
    });
    await until('gh to have the value', () => gh.calls.some(({ args }) => args[0] === 'secret'));
    await cancel();
    await refused;
    const { activity, usage } = bench.window.services;
    const { action, outcome, tokenId } = (await activity.activityLog.read()).at(-1)!;
    assert.deepEqual([action, outcome, tokenId], ['github-secret', 'ok', id]);
    assert.deepEqual(Object.keys(usage.of({ connectionId, id })), ['handOver']);
  } finally {
    gh.leave();
    await bench.end();
  }
});
