import assert from 'node:assert/strict';

import { holdCall } from '../emulator/fault';
import { newValue } from '../emulator/platform';
import { themes } from './editor';
import { setSideBarWidth } from './pictures';
import { until } from '../support/until';
import { shareWorkbench } from './shareWorkbench';
import type { Workbench } from './workbench';

describe('View', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared));

  it('offers to sign in, and links to TIR for a first token, when signed out', async () => {
    await workbench.welcomeButton('Sign In…').waitFor();
    const link = workbench.page
      .locator('.welcome-view-content')
      .getByRole('button', { name: 'Create one on the TIR website' });
    assert.equal(await link.getAttribute('href'), 'https://tir.e2enetworks.com');
    await workbench.screenshot('signed-out');
  });

  it('shows that tokens are loading, and then the list', async () => {
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    const { fault, letGo } = holdCall();
    workbench.emulator.fail('GET', fault);
    await workbench.reload();
    await workbench.viewText('Loading tokens…').waitFor();
    await workbench.screenshot('loading');
    letGo();
    await workbench.row(/^first-token, /).waitFor();
    await workbench.viewText('Loading tokens…').waitFor({ state: 'detached' });
  });

  it('says that there are no tokens, and offers to create one, when the list is empty', async () => {
    await workbench.signIn({ listed: false });
    await workbench.viewText('any tokens in this project yet').waitFor();
    await workbench.screenshot('empty');
    await workbench.welcomeButton('Create Token…').click();
    await workbench.answer('where the token will be used', 'first-of-all');
    await workbench.row(/^first-of-all, created .*, value stored on this machine$/).waitFor();
  });

  it('describes use, expiry and stored values of each token in words, in each theme', async () => {
    const day = 24 * 60 * 60 * 1000;
    workbench.emulator.seed('ci-pipeline', { createdAt: Date.now() - 349 * day });
    workbench.emulator.seed('old-workstation', { createdAt: Date.now() - 371 * day });
    await workbench.signIn();
    await workbench.row(/^ci-pipeline, expires in 16 days, created [^,]*, [^,]*$/).waitFor();
    await workbench.row(/^old-workstation, expired, created [^,]*, [^,]*$/).waitFor();
    await workbench.createAndUse('dev-laptop');
    for (const [name, theme, themeClass] of themes) {
      await workbench.theme(theme, themeClass);
      await workbench.row(/^dev-laptop, in use, created .*, value stored on this machine$/).hover();
      await workbench.screenshot(`list-${name}`);
    }
  });

  it('shows the state of each row in a narrow side bar, in each theme', async () => {
    const day = 24 * 60 * 60 * 1000;
    const { emulator, page } = workbench;
    emulator.seed('ci-github-actions', { createdAt: Date.now() - 349 * day });
    emulator.seed('old-workstation', { createdAt: Date.now() - 371 * day });
    await workbench.signIn({}, 'jupyter-gpu-box');
    await workbench.row(/^jupyter-gpu-box, in use, /).waitFor();
    emulator.listWithValues = false;
    emulator.seed('made-elsewhere');
    await workbench.command('TIR: Refresh');
    await workbench.row(/^made-elsewhere, .*value not stored on this machine$/).waitFor();
    await setSideBarWidth(workbench, 240);
    await until('the side bar', async () => (await page.locator('.part.sidebar').boundingBox())?.width === 240);
    await page.mouse.move(700, 300);
    for (const [name, mark] of [
      ['jupyter-gpu-box', /^in use/],
      // A list without values has only the day of expiry.
      ['ci-github-actions', /^1[67] d left/],
      ['old-workstation', /^expired/],
    ] as const) {
      const row = workbench.row(new RegExp(`^${name}, `));
      const text = (await row.locator('.label-description').textContent()) ?? '';
      const shown = mark.exec(text)?.[0] ?? assert.fail(text);
      assert.ok(await row.locator('.label-description').evaluate(showsStart, shown.length), name);
    }
    for (const [name, theme, themeClass] of themes) {
      await workbench.theme(theme, themeClass);
      await workbench.screenshot(`narrow-${name}`);
    }
  });

  it('keeps the last list while TIR is offline, and says when it was loaded', async () => {
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    workbench.emulator.fail('GET', { reset: 'before' }, 99);
    await workbench.command('TIR: Refresh');
    await workbench.viewText(/^Showing your tokens as of .+: Couldn't reach /).waitFor();
    await workbench
      .notification(/Couldn't reach/)
      .getByRole('button', { name: 'Try Again' })
      .waitFor();
    assert.equal(await workbench.row(/^first-token, /).count(), 1);
    await workbench.screenshot('offline');
  });

  for (const [state, fault, words] of [
    ['failed', { status: 500 }, /^Couldn't load your tokens from TIR/],
    ['unreachable', { reset: 'before' }, /^Couldn't reach TIR/],
  ] as const) {
    it(`shows the error and a Try Again button if no list was loaded yet: ${state}`, async () => {
      await workbench.signIn();
      await workbench.row(/^first-token, /).waitFor();
      workbench.emulator.fail('GET', fault, 99);
      await workbench.reload();
      await workbench.viewText(words).waitFor();
      await workbench.screenshot(state);
      workbench.emulator.heal();
      await workbench.welcomeButton('Try Again').click();
      await workbench.row(/^first-token, /).waitFor();
    });
  }

  it('asks to sign in again when TIR refuses the token, and then shows the list', async () => {
    const first = await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    workbench.emulator.revoke(first.id);
    await workbench.command('TIR: Refresh');
    await workbench.viewText('TIR refused the token that you signed in with').waitFor();
    await workbench.row(/^first-token, /).waitFor({ state: 'detached' });
    await workbench.screenshot('refused');
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
  });
});

describe('View of a folder whose .env has a token', () => {
  let workbench: Workbench;
  const value = newValue();
  shareWorkbench((shared) => (workbench = shared), { files: { '.env': `TIR_API_TOKEN="${value}"\n` } });

  it('offers that token first, and names its file alone', async () => {
    const buttons = workbench.page.locator('.welcome-view-content .monaco-button');
    await workbench.welcomeButton('Use the Token Found in .env…').waitFor();
    const labels = (await buttons.allTextContents()).map((label) => label.trim());
    assert.deepEqual(labels, ['Use the Token Found in .env…', 'Sign In…']);
    await workbench.screenshot('signed-out-found');
    await workbench.welcomeButton('Use the Token Found in .env…').click();
    await workbench.question.getByRole('option', { name: '.env in my-project' }).waitFor();
    const shown = (await workbench.page.locator('body').textContent()) ?? '';
    assert.equal(shown.includes(value), false);
  });
});

/** Checks if the first characters of an element's text are visible. Runs in the page. */
function showsStart(element: unknown, count: number): boolean {
  interface Box {
    readonly right: number;
  }
  interface Shown {
    readonly firstChild: { readonly firstChild: unknown } | null;
    closest(selector: string): { getBoundingClientRect(): Box } | null;
  }
  const { document } = globalThis as unknown as {
    document: {
      createRange(): {
        setStart(node: unknown, at: number): void;
        setEnd(node: unknown, at: number): void;
        getBoundingClientRect(): Box;
      };
    };
  };
  const shown = element as Shown;
  let text: unknown = shown;
  while ((text as Shown).firstChild) {
    text = (text as Shown).firstChild;
  }
  const range = document.createRange();
  range.setStart(text, 0);
  range.setEnd(text, count);
  const container = shown.closest('.monaco-icon-label-container');
  return container !== null && range.getBoundingClientRect().right <= container.getBoundingClientRect().right;
}
