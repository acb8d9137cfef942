import assert from 'node:assert/strict';

import { begin, type TestSetup } from '../../scenarios/support';
import { FolderRepository } from '../../support/repository';
import { StandInGh } from '../../support/standInGh';
import { until } from '../../support/until';
import { answerPicks, cancelButton } from '../../support/widgets';

const connectionId = 'p-4711-delhi';

describe('setGitHubSecret', () => {
  let bench: TestSetup;
  let gh: StandInGh;
  let id: number;
  beforeEach(async () => {
    gh = new StandInGh();
    bench = await begin();
    ({ id } = await bench.signIn());
  });
  afterEach(async () => {
    gh.leave();
    await bench.end();
  });

  const repo = { output: 'https://github.com/me/my-project\n' };
  const unknown =
    /^gh didn't finish, so the secret TIR_API_TOKEN of me\/my-project may be set\. Check GitHub, or set it again\.$/;
  const isRecorded = async () => {
    const { activity, usage } = bench.window.services;
    const { action, outcome, tokenId } = (await activity.activityLog.read()).at(-1)!;
    assert.deepEqual([action, outcome, tokenId], ['github-secret', 'ok', id]);
    assert.deepEqual(Object.keys(usage.of({ connectionId, id })), ['handOver']);
  };

  it('records a secret that gh may have set before it was canceled, and says so', async () => {
    gh.answer({ repo, secret: { hangs: true } });
    const cancel = cancelButton();
    const refused = assert.rejects(bench.run('setGitHubSecret', { id }), { code: 'cancelled', message: unknown });
    await until('gh to have the value', () => gh.calls.some(({ args }) => args[0] === 'secret'));
    await cancel();
    await refused;
    await isRecorded();
  });

  it('records a secret that gh may have set before something else ended it, and says so', async () => {
    gh.answer({ repo, secret: { isEnded: true } });
    const refused = bench.run('setGitHubSecret', { id });
    await assert.rejects(refused, { code: 'timeout', message: unknown });
    await isRecorded();
  });

  describe('in a repository with several remotes', () => {
    let repository: FolderRepository;
    beforeEach(() => {
      repository = new FolderRepository();
    });
    afterEach(() => repository.leave());

    /** Sets a secret as a person does. Resolves to the repositories that they could choose from. */
    const setByHand = async () => {
      let offered: string[] = [];
      answerPicks((items) => {
        offered = items.map(({ label }) => label);
        return items[0];
      });
      bench.person.clicks = 'Set Secret';
      await bench.runInteractively('setGitHubSecret', { id, connectionId, name: 'TIR_API_TOKEN' });
      return offered;
    };
    const repositories = () => gh.calls.filter(({ args }) => args[0] === 'secret').map(({ args }) => args.at(-1));

    it("sets it in the one on GitHub, and doesn't ask about remotes elsewhere", async () => {
      for (const [name, address] of [
        ['origin', 'git@github.com:me/my-project.git'],
        ['again', 'ssh://git@ssh.github.com:443/me/my-project.git'],
        ['heroku', 'https://git.heroku.com/my-app.git'],
        ['model', 'https://huggingface.co/me/my-model'],
        ['backup', '../backup/my-project.git'],
      ] as const) {
        repository.git('remote', 'add', name, address);
      }
      assert.deepEqual(await bench.run('setGitHubSecret', { id }), {
        ...{ name: 'TIR_API_TOKEN', repository: 'me/my-project' },
      });
      assert.deepEqual(await setByHand(), []);
      assert.deepEqual(repositories(), ['github.com/me/my-project', 'github.com/me/my-project']);
    });

    it("gives gh the name of GitHub's host if a remote has an alias of it for SSH", async () => {
      repository.git('remote', 'add', 'origin', 'git@github-work:me/my-project.git');
      repository.git('remote', 'add', 'upstream', 'https://github.com/them/project');
      assert.deepEqual(await setByHand(), ['me/my-project', 'them/project']);
      assert.deepEqual(repositories(), ['github.com/me/my-project']);
    });
  });
});
