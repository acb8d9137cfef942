import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Locator } from 'playwright-core';

import { root } from '../../scripts/root.mjs';
import { until } from '../support/until';
import { CountedInput } from './countedInput';
import { Film } from './film';
import * as ways from './otherWays';
import { plainTerminal } from './pictures';
import { screenshots, succeeds, Workbench } from './workbench';

const script = (origin: string) => `import os
from urllib.request import Request, urlopen

request = Request("${origin}/whoami/", headers={"Authorization": "Bearer " + os.environ["TIR_API_TOKEN"]})
with urlopen(request) as answer:
    open("answer", "w").write(answer.read().decode())
    print("TIR answers", answer.status, answer.reason)
`;

/** The count in the docs. */
const counted = /^From _Install from VSIX…_ to a script with the token: (\d+) clicks, (\d+) keys\./m;

describe('From the package to a script with the token', () => {
  let workbench: Workbench | undefined;
  afterEach(async function () {
    await workbench?.close(this.currentTest);
  });

  it('takes the clicks and keys that docs/comparison.md says, by a film of them', async () => {
    workbench = await Workbench.open('install', { withoutExtension: true, settings: plainTerminal });
    const { emulator, folder, home, page, question } = workbench;
    // Notifications leave the terminal's text visible.
    await page.setViewportSize({ width: 1100, height: 640 });
    const { value: token, apiKey, projectId } = emulator.seed('first-token');
    const downloads = join(home, 'Downloads');
    const config = join(downloads, 'config.json');
    mkdirSync(downloads, { recursive: true });
    copyFileSync(join(root, 'dist', 'tir-tokens.vsix'), join(downloads, 'tir-tokens.vsix'));
    writeFileSync(config, JSON.stringify({ auth_token: token, api_key: apiKey, project_id: projectId }));
    writeFileSync(join(folder, 'who.py'), script(emulator.origin));
    await page.locator('.monaco-workbench.vs-dark').waitFor();
    await page.locator('.activitybar').waitFor();
    assert.equal(await workbench.icon.count(), 0);

    const person = new CountedInput(workbench);
    const film = new Film(page);
    await film.pointAt(400, 300);
    const click = async (what: Locator) => {
      person.add({ clicks: 1, keys: 0 });
      await film.click(what);
    };
    const press = async (key: string) => {
      await film.frame(500);
      await person.press(key);
    };
    const field = question.locator('.quick-input-box input:focus');
    const fromVsix = question.getByRole('option', { name: 'Extensions: Install from VSIX...' });
    // VS Code has the command once it has reached its server. An open palette doesn't notice.
    await until('the command', async () => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('F1');
      const typed = question.locator('.quick-input-box input').fill('>vsix', { timeout: 3000 });
      return succeeds(typed.then(() => fromVsix.waitFor({ timeout: 3000 })));
    });
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'hidden' });

    await press('F1');
    await field.waitFor();
    await person.type('vsix');
    await question.locator('.monaco-list-row.focused').and(fromVsix).waitFor();
    await press('Enter');
    await click(question.getByRole('option', { name: /^Downloads/ }));
    await click(question.getByRole('option', { name: /^tir-tokens\.vsix/ }));
    await click(workbench.icon);
    await click(workbench.welcomeButton('Sign In…'));
    await question.filter({ hasText: 'Paste the token or text that contains it' }).waitFor();
    await click(question.getByRole('button', { name: 'Open a File…' }));
    await click(question.getByRole('option', { name: /config\.json/ }));
    await workbench.row(/^first-token, in use/).waitFor();
    rmSync(config);
    await click(page.locator('.sidebar').getByRole('button', { name: 'Create Token…' }));
    await field.waitFor();
    await press('Enter');
    await click(workbench.notification(/created/).getByRole('button', { name: 'Use in Terminals' }));
    const created = emulator.tokens.at(-1)?.name ?? '';
    await workbench.statusItem.getByText(created).waitFor();
    await film.frame(500);
    await ways.newTerminal(workbench, person);
    await ways.inTerminal(workbench, person, 'python3 who.py');
    const answer = join(folder, 'answer');
    await until('the script to end', () => existsSync(answer) && readFileSync(answer, 'utf8') !== '');
    await page.locator('.xterm-rows').getByText('TIR answers 200 OK').first().waitFor();
    await film.frame(1500);
    mkdirSync(screenshots, { recursive: true });
    film.save(join(screenshots, 'from-vsix-to-script.png'));

    assert.notEqual(created, 'first-token');
    assert.match(readFileSync(answer, 'utf8'), new RegExp(`"token_name":"${created}"`));
    const { clicks, keys } = person.effort();
    console.log(`    from Install from VSIX to a script: ${clicks} clicks, ${keys} keys`);
    const [, ...documented] = counted.exec(readFileSync(join(root, 'docs', 'comparison.md'), 'utf8')) ?? [];
    assert.deepEqual(documented.map(Number), [clicks, keys]);
  });
});
