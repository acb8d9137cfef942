import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { root } from '../../scripts/root.mjs';
import { Emulator } from '../emulator/emulator';
import { until } from '../support/until';
import { CountedInput, type Effort } from './countedInput';
import * as ways from './otherWays';
import { fetchValue, onePassword, page, sum, switchWindow } from './otherWays';
import { openFile, plainTerminal } from './pictures';
import { shareWorkbench } from './shareWorkbench';
import type { Workbench } from './workbench';

const run = 'python3 who.py';
const readFile = (file: string) => `set -a; . ./${file}`;
const script = (origin: string) => `import os
from urllib.request import Request, urlopen

request = Request("${origin}/whoami/", headers={"Authorization": "Bearer " + os.environ["TIR_API_TOKEN"]})
open("answer", "w").write(urlopen(request).read().decode())
`;

/** Effort of a job with this extension, `export`, a `.env` file, and 1Password's extension. */
type Efforts = readonly [Effort, Effort, Effort, Effort];

describe('Clicks and keys for each job', () => {
  let workbench: Workbench;
  /** TIR for the other ways, which leave its values on disk. */
  let elsewhere: Emulator;
  shareWorkbench((shared) => (workbench = shared), { viewClosed: true, settings: plainTerminal });
  before(async () => {
    elsewhere = await Emulator.start();
    elsewhere.staysOffDisk = false;
  });
  after(() => elsewhere.stop());

  const newTerminal = (person: CountedInput) => ways.newTerminal(workbench, person);
  const type = (person: CountedInput, line: string) => ways.inTerminal(workbench, person, line);
  /** Runs the script, and asserts which token it has. */
  const runs = async (person: CountedInput, { origin }: Emulator, name: string) => {
    const answer = join(workbench.folder, 'answer');
    writeFileSync(join(workbench.folder, 'who.py'), script(origin));
    await type(person, run);
    await until('the script to end', () => existsSync(answer) && readFileSync(answer, 'utf8') !== '');
    assert.match(readFileSync(answer, 'utf8'), new RegExp(`"token_name":"${name}"`));
    rmSync(answer);
  };
  const uncounted = () => new CountedInput(workbench);
  const byExport = async (person: CountedInput, value: string) => {
    await newTerminal(person);
    await ways.inTerminal(workbench, person, 'export TIR_API_TOKEN=', value);
  };

  async function first(person: CountedInput): Promise<Efforts> {
    const { emulator, question, home } = workbench;
    const { value: token, apiKey, projectId } = emulator.seed('laptop');
    const file = join(home, 'Downloads', 'config.json');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ auth_token: token, api_key: apiKey, project_id: projectId }));
    await person.click(workbench.icon);
    await person.click(workbench.welcomeButton('Sign In…'));
    await question.filter({ hasText: 'Paste the token or text that contains it' }).waitFor();
    await person.click(question.getByRole('button', { name: 'Open a File…' }));
    await person.click(question.getByRole('option', { name: /config\.json/ }));
    await workbench.row(/^laptop, in use, .*value stored on this machine$/).waitFor();
    rmSync(file);
    await newTerminal(person);
    const { clicks, keys } = person.effort();
    console.log(`    from a downloaded config.json to a terminal with the token: ${clicks} clicks, ${keys} keys`);
    assert.deepEqual([clicks <= 4, keys <= 6], [true, true]);
    await runs(person, emulator, 'laptop');
    const start = sum(page.open, page.create('laptop'), page.copy, switchWindow);
    const ours = sum(start, { clicks, keys }, person.effort());

    const { value } = elsewhere.seed('laptop');
    await byExport(person, value);
    await runs(person, elsewhere, 'laptop');
    const exported = sum(start, person.effort());

    await ways.newFile(workbench, person, '.env', 'TIR_API_TOKEN=', value);
    const envFile = person.effort();
    await ways.newFile(workbench, person, '.gitignore', '.env');
    await newTerminal(person);
    await type(person, readFile('.env'));
    await runs(person, elsewhere, 'laptop');
    const managed = sum(start, envFile, onePassword.save, onePassword.run(`op run --env-file=.env -- ${run}`));
    return [ours, exported, sum(start, envFile, person.effort()), managed];
  }

  async function daily(person: CountedInput): Promise<Efforts> {
    const { question } = workbench;
    await workbench.createToken('desktop');
    await person.click(workbench.statusItem);
    await question.filter({ hasText: 'Use in Terminals' }).waitFor();
    await person.click(question.getByRole('option', { name: /^desktop,/ }));
    await workbench.statusItem.getByText('desktop').waitFor();
    await newTerminal(person);
    const ours = person.effort();
    await runs(uncounted(), workbench.emulator, 'desktop');

    const { value } = elsewhere.seed('desktop');
    await byExport(person, value);
    const exported = sum(fetchValue, person.effort());
    await runs(uncounted(), elsewhere, 'desktop');

    // Each token has a file that was created before.
    await ways.newFile(workbench, uncounted(), '.env.b', 'TIR_API_TOKEN=', value);
    await newTerminal(person);
    await type(person, readFile('.env.b'));
    const filed = person.effort();
    await runs(uncounted(), elsewhere, 'desktop');
    return [ours, exported, filed, onePassword.run('op run --env-file=.env.b -- ')];
  }

  async function rotate(person: CountedInput): Promise<Efforts> {
    await person.rowMenu(/^desktop, /, 'Rotate Token…', workbench.dialog);
    await person.click(workbench.dialog.getByRole('button', { name: 'Rotate', exact: true }));
    await workbench.row(/^desktop-2, in use/).waitFor();
    await newTerminal(person);
    const ours = person.effort();
    await runs(uncounted(), workbench.emulator, 'desktop-2');

    const { value } = elsewhere.seed('desktop-2');
    const onPage = sum(page.open, page.create('desktop-2'), page.copy, switchWindow, switchWindow, page.delete);
    await byExport(person, value);
    const exported = sum(onPage, person.effort());
    await runs(uncounted(), elsewhere, 'desktop-2');

    await ways.changeEnvFile(workbench, person, value);
    await newTerminal(person);
    await type(person, readFile('.env'));
    const filed = sum(onPage, person.effort());
    await runs(uncounted(), elsewhere, 'desktop-2');
    return [ours, exported, filed, sum(onPage, onePassword.change)];
  }

  async function rotateLeaked(person: CountedInput): Promise<Effort> {
    const { emulator, folder, page: window } = workbench;
    writeFileSync(join(folder, 'leak.md'), `The token is ${emulator.tokens.at(-1)!.value}\n`);
    await openFile(workbench, 'leak.md');
    await window.locator('.squiggly-warning').first().waitFor();
    const leak = window.locator('.view-line', { hasText: 'eyJ' }).first();
    const rotate = window.locator('.monaco-hover').getByRole('link', { name: 'Rotate…' });
    await workbench.showTooltip('Rotate…', () => leak.hover({ position: { x: 100, y: 8 } }));
    await workbench.screenshot('leak-hover');
    await person.click(rotate);
    await workbench.dialog.getByText('Rotate the token').waitFor();
    await person.click(workbench.dialog.getByRole('button', { name: 'Rotate', exact: true }));
    await workbench.row(/^desktop-3, in use/).waitFor();
    await newTerminal(person);
    const ours = person.effort();
    await runs(uncounted(), emulator, 'desktop-3');
    return ours;
  }

  it('match the table in docs/comparison.md', async () => {
    const person = new CountedInput(workbench);
    const show = () => workbench.command('View: Show TIR AI Platform');
    const jobs: Record<string, Efforts> = {};
    jobs['From the first token to a script that runs'] = await first(person);
    await show();
    jobs['Switch to another token'] = await daily(person);
    await show();
    const rotated = (jobs['Rotate a token'] = await rotate(person));
    await show();
    // With the other ways, people rotate the token too, after they have found out its name.
    const [, ...others] = rotated;
    jobs['Rotate a token found in a file'] = [await rotateLeaked(person), ...others];

    const cellOf = ({ clicks, keys }: Effort) =>
      [`${clicks} ${clicks === 1 ? 'click' : 'clicks'}`, `${keys} ${keys === 1 ? 'key' : 'keys'}`].join(', ');
    const table = Object.entries(jobs).map(([job, efforts]) => [job, ...efforts.map(cellOf)]);
    for (const row of table) {
      console.log(`    ${row.join(' | ')}`);
    }
    const rows = readFileSync(join(root, 'docs', 'comparison.md'), 'utf8')
      .split('\n')
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      )
      .filter(([job]) => job !== undefined && job in jobs);
    assert.deepEqual(rows, table);
  });
});
