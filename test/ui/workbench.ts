import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { BrowserContext, Locator, Page } from 'playwright-core';

import { openBrowser } from '../../scripts/browser.mjs';
import { root } from '../../scripts/root.mjs';
import { installExtension, startServer } from '../../scripts/vscode-server.mjs';
import { Emulator, type PlatformToken } from '../emulator/emulator';
import { until } from '../support/until';

/** Under which all that editor and browser write is kept until it has been searched for secrets. */
const atRest = process.env['TIR_TEST_AT_REST'] ?? mkdtempSync(join(tmpdir(), 'tir-tokens-ui-'));
const screenshots = process.env['TIR_TEST_SCREENSHOTS'] ?? join(root, '.vscode-test', 'screenshots');

interface Options {
  /** Ask whether the workspace is trusted, as an editor does that nobody told not to. */
  readonly askForTrust?: boolean;
  readonly settings?: Record<string, unknown>;
  /** A file to run in place of the packaged one. */
  readonly bundle?: string;
}

/** An API, a fresh VS Code with the packaged extension installed, and a browser that shows it. */
export class Workbench {
  private constructor(
    readonly emulator: Emulator,
    readonly page: Page,
    /** Where the extension is installed. */
    readonly extension: string,
    readonly folder: string,
    private readonly browser: BrowserContext,
    private readonly stopServer: () => Promise<void>,
  ) {}

  /** @param name of the test file, for the folders of its editor and browser */
  static async open(name: string, { askForTrust = false, settings = {}, bundle }: Options = {}): Promise<Workbench> {
    const emulator = await Emulator.start();
    const dataDir = join(atRest, `ui-${name}-server`);
    const settingsFile = join(dataDir, 'User', 'settings.json');
    mkdirSync(dirname(settingsFile), { recursive: true });
    const allSettings = {
      'workbench.startupEditor': 'none',
      'workbench.secondarySideBar.defaultVisibility': 'hidden',
      'chat.disableAIFeatures': true,
      'tir.apiUrl': emulator.apiUrl,
      ...settings,
    };
    writeFileSync(settingsFile, JSON.stringify(allSettings));
    await installExtension(join(root, 'dist', 'tir-tokens.vsix'), dataDir);
    const extensions = join(dataDir, 'extensions');
    const installed = readdirSync(extensions).find((folder) => folder.startsWith('tir-community.tir-tokens-'));
    const extension = join(extensions, installed ?? '');
    if (bundle !== undefined) {
      copyFileSync(bundle, join(extension, 'dist', 'extension.js'));
    }
    const server = await startServer(dataDir, { trustAll: !askForTrust });
    const browser = await openBrowser(join(atRest, `ui-${name}-browser`));
    const folder = join(mkdtempSync(join(tmpdir(), 'tir-workspace-')), 'my-project');
    mkdirSync(folder);
    const page = browser.pages()[0] ?? (await browser.newPage());
    await page.goto(`${server.url}/?folder=${encodeURIComponent(folder)}`);
    return new Workbench(emulator, page, extension, folder, browser, server.stop);
  }

  async close(test?: Mocha.Test): Promise<void> {
    if (test?.state === 'failed') {
      await this.screenshot(`failed-${test.title.replace(/\W+/g, '-').slice(0, 40)}`);
    }
    await this.browser.close();
    await this.stopServer();
    await this.emulator.stop();
    rmSync(join(this.folder, '..'), { recursive: true });
    const file = process.env['TIR_TEST_SECRETS'];
    if (file !== undefined) {
      appendFileSync(file, this.emulator.made.map(({ value, apiKey }) => `${value}\n${apiKey}\n`).join(''));
    }
  }

  /** Shows the window anew, as a person does with F5. */
  async reload(): Promise<void> {
    await this.page.reload();
  }

  /** Closes the window, and opens a new one with the view once this is done. */
  async reopen(meanwhile: () => void): Promise<void> {
    const url = this.page.url();
    await this.page.goto('about:blank');
    meanwhile();
    await this.page.goto(url);
    await this.openView();
  }

  async screenshot(name: string): Promise<void> {
    mkdirSync(screenshots, { recursive: true });
    await this.page.screenshot({ path: join(screenshots, `${name}.png`) });
  }

  /** Opens the view by the icon in the activity bar. */
  async openView(): Promise<void> {
    await this.page.locator('.activitybar .action-label[aria-label^="TIR AI Platform"]').click({ timeout: 60_000 });
  }

  row(name: string | RegExp): Locator {
    return this.page.getByRole('treeitem', { name });
  }

  /** A button of the view's welcome text. */
  welcomeButton(name: string): Locator {
    return this.page.locator('.welcome-view-content').getByRole('button', { name });
  }

  /** What the view says above its rows, or in place of them. */
  viewText(text: string | RegExp): Locator {
    return this.page.locator('.pane-body').getByText(text);
  }

  /** A button of a row, which shows while the mouse is over it. */
  async rowButton(row: string | RegExp, button: string): Promise<void> {
    await this.row(row).hover();
    await this.row(row).getByRole('button', { name: button }).click();
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-list-item', { hasText: text });
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog').filter({ has: this.page.locator('.dialog-message') });
  }

  /** The question that a quick input shows. */
  get question(): Locator {
    return this.page.locator('.quick-input-widget:visible');
  }

  /** Types into the question with this text, and presses Enter. */
  async answer(prompt: string | RegExp, text: string): Promise<void> {
    await this.question.filter({ hasText: prompt }).waitFor();
    const input = this.question.locator('input').first();
    await input.fill(text);
    await input.press('Enter');
  }

  /** Runs a command as a person does: palette, title, Enter. */
  async command(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    const input = this.question.locator('input').first();
    await input.fill(`>${title}`);
    await this.question.getByRole('option', { name: title }).first().waitFor();
    await input.press('Enter');
  }

  /** From the welcome view to the list, with a token that was made for it. */
  async signIn(given: Partial<PlatformToken> = {}, name = 'first-token'): Promise<PlatformToken> {
    const token = this.emulator.seed(name, given);
    await this.welcomeButton('Sign In…').click({ timeout: 60_000 });
    await this.answer('A Personal Access Token', `export TIR_API_TOKEN="${token.value}"`);
    await this.answer('The API key', token.apiKey);
    await this.answer('The id of the project', String(token.projectId));
    await this.answer('Chennai', token.location);
    return token;
  }

  /** Creates a token by the palette, under this name. */
  async createToken(name: string): Promise<void> {
    await this.command('TIR: Create Token…');
    await this.answer('where the token will be used', name);
    await this.row(new RegExp(`^${name}, `)).waitFor();
  }

  /** Opens a new terminal by the keyboard, and runs a line in it. Resolves to what the line wrote to standard output. */
  async inNewTerminal(line: string): Promise<string> {
    const before = await this.page.locator('.terminal-wrapper').count();
    await this.command('Terminal: Create New Terminal');
    await until('the terminal to open', async () => (await this.page.locator('.terminal-wrapper').count()) > before);
    return this.inTerminal(line);
  }

  /** Runs a line in the terminal that has the focus. */
  async inTerminal(line: string): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), 'tir-terminal-'));
    const [script, part, whole] = [join(folder, 'script'), join(folder, 'part'), join(folder, 'whole')];
    try {
      writeFileSync(script, line);
      await this.page.locator('.terminal-wrapper.active .xterm-helper-textarea').focus();
      await this.page.keyboard.insertText(`sh ${script} > ${part}; mv ${part} ${whole}`);
      await this.page.keyboard.press('Enter');
      await until(`the shell to answer: ${line}`, () => existsSync(whole));
      return readFileSync(whole, 'utf8').trim();
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}
