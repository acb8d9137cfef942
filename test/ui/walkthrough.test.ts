import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { until } from '../support/until';
import { themes } from './editor';
import { shareWorkbench } from './shareWorkbench';
import type { Workbench } from './workbench';

/** The steps in their order. Their IDs are the prefixes of their pictures' names. */
const steps = [
  { id: 'sign-in', title: 'Sign in' },
  { id: 'create-token', title: 'Create a token for this machine' },
  { id: 'run-script', title: 'Run a script with the token' },
] as const;

describe('Walkthrough', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared), { fresh: true });
  beforeEach(async () => {
    // VS Code hides the pictures in a narrower window.
    await workbench.page.setViewportSize({ width: 1600, height: 900 });
  });

  const step = (title: string) =>
    workbench.page.locator('.getting-started-step', { has: workbench.page.getByRole('heading', { name: title }) });
  const unfold = (title: string) => step(title).getByRole('heading').click();
  const button = (title: string, name: string) => step(title).getByRole('button', { name, exact: true }).click();
  /** Waits until the first `count` steps are ticked and the others aren't. */
  const ticked = async (count: number) => {
    for (const [index, { title }] of steps.entries()) {
      const state = index < count ? 'true' : 'false';
      await step(title).locator(`[role=checkbox][aria-checked=${state}]`).waitFor();
    }
  };

  it('shows a picture for each step in each theme, and ticks steps that were done', async () => {
    const { page } = workbench;
    await workbench.welcomeButton('Sign In…').waitFor();
    await workbench.openWalkthrough();
    await unfold(steps[0].title);
    for (const [name, theme, themeClass] of themes) {
      await workbench.theme(theme, themeClass);
      const kind = ['vs-dark', 'hc-black'].includes(themeClass) ? 'dark' : 'light';
      for (const { id, title } of steps) {
        await unfold(title);
        const picture = page.locator('.getting-started-media img');
        await until(`the picture ${id}-${kind}.webp`, async () => {
          const [source = '', width] = await picture.evaluateAll((images) => {
            const [image] = images as unknown as { currentSrc: string; naturalWidth: number }[];
            return image ? ([image.currentSrc, image.naturalWidth] as const) : [];
          });
          return source.includes(`${id}-${kind}.webp`) && width !== 0;
        });
        await workbench.screenshot(`walkthrough-${id}-${name}`);
      }
    }
    await ticked(0);

    await unfold(steps[0].title);
    const link = step(steps[0].title).getByRole('button', { name: 'TIR website' });
    assert.match((await link.getAttribute('href')) ?? '', /^https:\/\/tir\.e2enetworks\.com\/?$/);
    await workbench.signIn({}, undefined, () => button(steps[0].title, 'Sign In…'));
    await ticked(1);
    await unfold(steps[1].title);
    await button(steps[1].title, 'Create Token…');
    await workbench.answer('where the token will be used', 'dev-laptop');
    await ticked(2);
    await unfold(steps[2].title);
    await button(steps[2].title, 'Open Example Script');
    await page.locator('.monaco-editor').getByText('TIR_API_TOKEN').first().waitFor();
    await workbench.screenshot('walkthrough-example');
    await page.keyboard.press('ControlOrMeta+s');
    await until('the file', () => existsSync(join(workbench.folder, 'example.py')));
    assert.match(await workbench.inNewTerminal('python3 example.py'), /^TIR_API_TOKEN has \d+ characters\.$/);
    // Typed, as a person does: the helper above runs another file.
    await page.locator('.terminal-wrapper.active .xterm-helper-textarea').first().focus();
    await page.keyboard.insertText('python3 example.py');
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: /Walkthrough|Welcome/ }).click();
    await ticked(3);
    await workbench.screenshot('walkthrough-ticked');
  });
});
