import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { Locator } from 'playwright-core';

import { root } from '../../scripts/root.mjs';
import { until } from '../support/until';
import { CountedInput } from './countedInput';
import { Film } from './film';
import * as ways from './otherWays';
import { size } from './pictures';
import { screenshots, succeeds, Workbench } from './workbench';

const script = (origin: string) => `import os
from urllib.request import Request, urlopen

request = Request("${origin}/whoami/", headers={"Authorization": "Bearer " + os.environ["TIR_API_TOKEN"]})
open("answer", "w").write(urlopen(request).read().decode())
`;

describe('From the package to a script with the token', () => {
  let workbench: Workbench | undefined;
  afterEach(async function () {
    await workbench?.close(this.currentTest);
  });

  it('takes 8 clicks and 26 keys, by a film of them', async () => {
    workbench = await Workbench.open('install', { withoutExtension: true });
    const { emulator, folder, home, page, question } = workbench;
    await page.setViewportSize({ width: size.width, height: size.height + 100 });
    const { value: token, apiKey, projectId } = emulator.seed('first-token');
    const config = join(home, 'Downloads', 'config.json');
    mkdirSync(dirname(config), { recursive: true });
    writeFileSync(config, JSON.stringify({ auth_token: token, api_key: apiKey, project_id: projectId }));
    copyFileSync(join(root, 'dist', 'tir-tokens.vsix'), join(home, 'tir-tokens.vsix'));
    writeFileSync(join(folder, 'who.py'), script(emulator.origin));

    const person = new CountedInput(workbench);
    const film = new Film(page);
    await film.pointAt(size.width / 2, size.height / 2);
    const click = async (what: Locator) => {
      person.add({ clicks: 1, keys: 0 });
      await film.click(what);
    };
    const press = async (key: string) => {
      await film.frame(500);
      await person.press(key);
    };
    const fromVsix = question.getByRole('option', { name: 'Extensions: Install from VSIX...' });
    // VS Code offers the command once it has reached its server. An open palette doesn't notice.
    await until('the command', async () => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('F1');
      await question.locator('.quick-input-box input:focus').fill('>vsix');
      return succeeds(fromVsix.waitFor({ timeout: 3000 }));
    });
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'hidden' });
    await press('F1');
    await question.locator('.quick-input-box input:focus').waitFor();
    await person.type('vsix');
    await fromVsix.waitFor();
    await press('Enter');
    await click(question.getByRole('option', { name: /tir-tokens\.vsix/ }));
    await click(workbench.icon);
    await click(workbench.welcomeButton('Sign In…'));
    await click(question.getByRole('button', { name: 'Open a File…' }));
    await click(question.getByRole('option', { name: /config\.json/ }));
    await workbench.row(/^first-token, in use/).waitFor();
    rmSync(config);
    await click(page.locator('.sidebar').getByRole('button', { name: 'Create Token…' }));
    await question.locator('.quick-input-box input:focus').waitFor();
    await press('Enter');
    await click(workbench.notification(/created/).getByRole('button', { name: 'Use in Terminals' }));
    const created = emulator.tokens.at(-1)!.name;
    await workbench.statusItem.getByText(created).waitFor();
    await film.frame(500);
    await ways.newTerminal(workbench, person);
    await ways.inTerminal(workbench, person, 'python3 who.py');
    const answer = join(folder, 'answer');
    await until('the script to end', () => existsSync(answer) && readFileSync(answer, 'utf8') !== '');
    await film.frame(1500);
    mkdirSync(screenshots, { recursive: true });
    film.save(join(screenshots, 'from-the-package-to-a-script.png'));
    assert.notEqual(created, 'first-token');
    assert.match(readFileSync(answer, 'utf8'), new RegExp(`"token_name":"${created}"`));
    const effort = person.effort();
    console.log(`    from Install from VSIX to a script: ${effort.clicks} clicks, ${effort.keys} keys`);
    assert.deepEqual(effort, { clicks: 8, keys: 23 });
  });
});
