import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { until } from '../support/until';
import { shareWorkbench } from './shareWorkbench';
import type { Workbench } from './workbench';

const tasks = {
  version: '2.0.0',
  tasks: [
    {
      label: 'on open',
      type: 'shell',
      command: 'printf "%s\\n" "${#TIR_API_TOKEN}" >> "$HOME/tasks"',
      runOptions: { runOn: 'folderOpen' },
      presentation: { reveal: 'silent' },
    },
  ],
};

/** Number of starts. The measurement in `docs/where-it-works.md` had 20. */
const starts = Number(process.env['TIR_TEST_STARTS'] ?? 2);

describe('The first moments', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared), {
    fresh: true,
    settings: { 'task.allowAutomaticTasks': 'on' },
    files: { '.vscode/tasks.json': JSON.stringify(tasks) },
  });

  it('a task that runs when the folder opens has the token, and so has the terminal of the panel', async () => {
    /** The lengths of the variable that a file has, one for each start. */
    const lengths = (name: string) => {
      const file = join(workbench.home, name);
      return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    };
    const startUpFile = join(workbench.home, '.bashrc');
    writeFileSync(startUpFile, 'printf "%s\\n" "${#TIR_API_TOKEN}" >> "$HOME/terminals"\n');
    await workbench.signIn();
    await workbench.row(/^first-token, in use/).waitFor();
    await workbench.createAndUse('first-in-use');
    const value = workbench.emulator.made.find(({ name }) => name === 'first-in-use')!.value;
    await workbench.command('Terminal: Create New Terminal');
    await until('the terminal', () => lengths('terminals').length > 0);
    for (let start = 1; start <= starts; start++) {
      const before = { tasks: lengths('tasks').length, terminals: lengths('terminals').length };
      await workbench.reloadWindow();
      const task = await until('the task', () => lengths('tasks')[before.tasks]);
      const terminal = await until('the terminal', () => lengths('terminals')[before.terminals]);
      assert.deepEqual([task, terminal], [value.length, value.length].map(String), `start ${start}`);
    }
    rmSync(startUpFile);
  });
});
