import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Locator, Page } from 'playwright-core';

import { root } from '../../scripts/root.mjs';
import type { Emulator, PlatformToken } from '../emulator/emulator';
import { say } from '../support/say';
import { until } from '../support/until';
import { nameOf } from '../support/whoami';
import { query, startEditor, type Editor, type Options, type WindowOptions } from './editor';

/** Folder for screenshots. */
export const screenshots = process.env['TIR_TEST_SCREENSHOTS'] ?? join(root, '.vscode-test', 'screenshots');

/** Pixels. */
const windowSize = { width: 1280, height: 800 };

/** Resolves to true if a promise is fulfilled, and to false if it's rejected. */
export function succeeds(waiting: Promise<unknown>): Promise<boolean> {
  return waiting.then(
    () => true,
    () => false,
  );
}

/*
 * Longer than other files, since it gathers what tests have to know about VS Code's page.
 */

/** A window of VS Code in a browser, with the packaged extension installed and an emulator of TIR. */
export class Workbench {
  /** Whether `configure` has changed settings since the window was new. */
  private configured = false;
  private isDark = true;

  private constructor(
    readonly page: Page,
    private readonly editor: Editor,
  ) {}

  /** Starts VS Code and opens its first window. @param name for the folders of VS Code and the browser */
  static async open(name: string, options: Options = {}): Promise<Workbench> {
    for (let tries = 1; ; tries--) {
      const editor = await startEditor(name, options);
      const workbench = new Workbench(editor.front, editor);
      try {
        await workbench.show(options);
        return workbench;
      } catch (error) {
        await editor.stop();
        // Rarely, a browser ends by itself while it loads its first page.
        if (tries === 0 || !String(error).includes('browser has been closed')) {
          throw error;
        }
        say(`VS Code is started again: ${String(error)}`);
      }
    }
  }

  private async show(options: WindowOptions): Promise<void> {
    const { editor, page } = this;
    await page.goto(`${editor.url}/?${editor.prepare(options)}`);
    if (editor.asksForTrust) {
      await page.getByText('Restricted Mode is intended for safe code browsing').waitFor();
    }
    const [folder] = options.folders ?? [];
    if (folder !== undefined) {
      await this.showFolders(folder);
    }
  }

  /**
   * Waits for the folders of a workspace, and reloads if they're missing. A slow VS Code sometimes reads the workspace
   * file before anything listens, and then has no folders until the next start.
   */
  private async showFolders(name: string): Promise<void> {
    const folder = this.row(name);
    const none = this.page.getByText('No Folder Opened');
    await until(`the folder ${name}`, async () => {
      await folder.or(none).first().waitFor();
      const isShown = await folder.isVisible();
      if (!isShown) {
        await this.page.reload();
      }
      return isShown;
    });
  }

  /** Shows a new folder in the only window of the same VS Code, as for a first-time user. */
  async renew(options: WindowOptions = {}): Promise<void> {
    const { editor, page } = this;
    await this.closeOthers();
    await page.goto('about:blank');
    await page.setViewportSize(windowSize);
    await page.mouse.move(0, 0);
    this.resetEmulator();
    await editor.forget();
    [this.configured, this.isDark] = [false, true];
    await this.show(options);
  }

  /**
   * Resets the emulator and the extension, and closes all that's open, for the next test in the same window.
   * Resolves to false if only `renew` can do that.
   */
  async startOver(): Promise<boolean> {
    const { page } = this;
    const hasView = await page.locator('[id="workbench.view.extension.tir"]').isVisible();
    if (this.configured || !this.isDark || !hasView || (await page.locator('.tab.dirty').count()) > 0) {
      return false;
    }
    await this.closeOthers();
    this.resetEmulator();
    // Closes a question that is still open.
    await page.keyboard.press('Escape');
    await this.command('TIR: Forget Everything on This Machine…');
    await this.dialog.getByRole('button', { name: 'Forget Everything' }).click();
    await this.welcomeButton('Sign In…').waitFor();
    await this.command('View: Close All Editors');
    if ((await this.terminals.count()) > 0) {
      await this.command('Terminal: Kill All Terminals');
      await this.terminals.first().waitFor({ state: 'detached' });
    }
    await this.command('Notifications: Clear All Notifications');
    await this.notification(/./).first().waitFor({ state: 'detached' });
    for (const name of readdirSync(this.folder)) {
      rmSync(join(this.folder, name), { recursive: true });
    }
    await page.mouse.move(0, 0);
    return true;
  }

  /** Closes all windows but this one. */
  private async closeOthers(): Promise<void> {
    for (const other of this.editor.browser.pages()) {
      if (other !== this.page) {
        await other.close();
      }
    }
    await this.toFront();
  }

  private resetEmulator(): void {
    const { emulator } = this;
    emulator.reset();
  }

  /** Opens another window of the same VS Code, with another folder. */
  async openWindow(): Promise<Workbench> {
    const folder = join(this.folder, '..', 'other-project');
    mkdirSync(folder, { recursive: true });
    const page = await this.editor.browser.newPage();
    this.editor.front = page;
    await page.goto(`${this.editor.url}/?${query(folder)}`);
    return new Workbench(page, this.editor);
  }

  /** Brings the window to the front. In the background, it takes seconds for each click. */
  async toFront(): Promise<void> {
    if (this.editor.front !== this.page) {
      await this.page.bringToFront();
      this.editor.front = this.page;
    }
  }

  get emulator(): Emulator {
    return this.editor.emulator;
  }

  /** Folder of the installed extension. */
  get extension(): string {
    return this.editor.extension;
  }

  /** Home folder of VS Code and its terminals. */
  get home(): string {
    return this.editor.home;
  }

  get folder(): string {
    return this.editor.folder;
  }

  /** Stops VS Code. @param test if it or its set-up failed, takes a screenshot of each window first */
  async close(test?: Mocha.Test): Promise<void> {
    try {
      if (test && test.state !== 'passed') {
        for (const [index, page] of this.editor.browser.pages().entries()) {
          const name = `failed-${test.title.replace(/\W+/g, '-').slice(0, 40)}-${index + 1}`;
          await new Workbench(page, this.editor).screenshot(name);
          const shown = await page
            .locator('.notification-list-item:visible, .quick-input-widget:visible')
            .allInnerTexts();
          say(`shown in window ${index + 1}: ${JSON.stringify(shown)}`);
        }
      }
    } finally {
      await this.editor.stop();
    }
  }

  /** Changes user settings for windows that are opened from now on. */
  configure(settings: Record<string, unknown>): void {
    this.configured = true;
    this.editor.configure(settings);
  }

  /** Switches the color theme. @param themeClass CSS class of the theme */
  async theme(name: string, themeClass: string): Promise<void> {
    this.isDark = themeClass === 'vs-dark';
    await this.toFront();
    const within = { timeout: 5000 };
    const choose = async () => {
      await this.page.keyboard.press('ControlOrMeta+k');
      await this.page.keyboard.press('ControlOrMeta+t');
      await this.question.getByPlaceholder('Select Color Theme').fill(name, within);
      const focused = this.question.locator('.monaco-list-row.focused');
      await focused.and(this.question.getByRole('option', { name })).waitFor(within);
      await this.page.keyboard.press('Enter');
      await this.page.locator(`.monaco-workbench.${themeClass}`).waitFor(within);
    };
    // Retries, since the question closes if something else, such as a new terminal, takes the focus. A slow VS Code
    // also switches back when it reads the previous theme in the settings.
    await until(`the theme ${name}`, () => succeeds(choose()));
    await this.question.waitFor({ state: 'hidden' });
  }

  /** Reloads the window, as a person does in the browser. */
  async reload(): Promise<void> {
    await this.page.reload();
  }

  /** Reloads the window by VS Code's command, which keeps its terminals. */
  async reloadWindow(): Promise<void> {
    // VS Code notes its terminals half a second after their last change, and no event tells. It forgets those that it
    // hasn't noted. A timer of the same page that starts later, and takes longer, ends later.
    await this.page.evaluate('new Promise((resolve) => setTimeout(resolve, 1000))');
    const loaded = this.page.waitForEvent('load');
    await this.command('Developer: Reload Window');
    await loaded;
  }

  /** Closes the window, runs `meanwhile`, and opens a new window with the view. */
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

  /** The view's icon in the activity bar. */
  get icon(): Locator {
    return this.page.locator('.activitybar .action-label[aria-label^="TIR AI Platform"]');
  }

  /** Clicks the view's icon. */
  async openView(): Promise<void> {
    await this.toFront();
    await this.icon.click();
  }

  row(name: string | RegExp): Locator {
    return this.page.getByRole('treeitem', { name });
  }

  /** A button of the view's welcome text. */
  welcomeButton(name: string): Locator {
    return this.page.locator('.welcome-view-content').getByRole('button', { name });
  }

  /** Text that the view shows above its rows, or instead of them. */
  viewText(text: string | RegExp): Locator {
    return this.page.locator('.pane-body').getByText(text);
  }

  /** Clicks a button that a row shows while the mouse is over it. */
  async rowButton(row: string | RegExp, button: string): Promise<void> {
    await this.toFront();
    await this.row(row).hover();
    await this.row(row).getByRole('button', { name: button }).click();
  }

  /** Chooses an item from a row's menu. @param effect what the item makes visible */
  async rowMenu(row: string | RegExp, item: string, effect: Locator): Promise<void> {
    await this.toFront();
    await this.choose(item, effect, () => this.row(row).click({ button: 'right', timeout: 5000 }));
  }

  /** Chooses an item from the view's … menu. @param effect what the item makes visible */
  async viewMenu(item: string, effect: Locator): Promise<void> {
    await this.toFront();
    const button = this.page.locator('.sidebar .title-actions').getByRole('button', { name: /More Actions/ });
    await this.choose(item, effect, () => button.click({ timeout: 5000 }));
  }

  /**
   * Chooses from a menu. Reopens it if it has closed, as it does when something else takes the focus. Clicks until it
   * closes: VS Code ignores clicks on a menu that has just opened, and may redraw it.
   */
  private async choose(item: string, effect: Locator, open: () => Promise<void>): Promise<void> {
    const entry = this.menuItem(item);
    await until(`the menu to take "${item}"`, async () => {
      if (!(await entry.isVisible()) && !(await succeeds(open().then(() => entry.waitFor({ timeout: 5000 }))))) {
        assert.equal(await this.page.locator('.monaco-menu:visible').count(), 0, `The menu has no "${item}".`);
        return false;
      }
      const isClicked = await succeeds(entry.click({ timeout: 1000 }));
      const isClosed = await succeeds(entry.waitFor({ state: 'hidden', timeout: 1000 }));
      return isClosed && (isClicked || effect.isVisible());
    });
    await effect.waitFor();
  }

  /** An item of the open menu. */
  menuItem(name: string): Locator {
    return this.page.getByRole('menuitem', { name });
  }

  /** The number on the view's icon. */
  get badge(): Locator {
    return this.icon.locator('..').locator('.badge-content');
  }

  /** The status bar item of the token in use. */
  get statusItem(): Locator {
    return this.page.locator('.statusbar-item[id$="tir.tokenInUse"]');
  }

  /** Waits until the status bar item's tooltip has a text, and shows the tooltip. */
  async showStatusTooltip(text: string): Promise<void> {
    await this.statusItem.locator(`[aria-label*=${JSON.stringify(text)}]`).waitFor();
    await this.showTooltip(text, () => this.statusItem.hover());
  }

  /**
   * Shows a tooltip with this text. Hovers again if it closes, as it does when the element moves or is redrawn, or when
   * something else takes the focus.
   */
  async showTooltip(text: string | RegExp, hover: () => Promise<void>): Promise<void> {
    const tooltip = this.page.locator('.monaco-hover:visible', { hasText: text });
    await until('the tooltip', async () => {
      await this.page.mouse.move(0, 0);
      await hover();
      return succeeds(tooltip.first().waitFor({ timeout: 5000 }));
    });
  }

  get terminals(): Locator {
    return this.page.locator('.terminal-wrapper');
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-list-item', { hasText: text });
  }

  /** Opens the notification center, where entries stay. A toast hides after 10 seconds. */
  async showNotifications(): Promise<void> {
    await this.command('Notifications: Show Notifications');
    await this.page.locator('.notifications-center.visible').waitFor();
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog').filter({ has: this.page.locator('.dialog-message') });
  }

  /** The question in the visible quick input. */
  get question(): Locator {
    return this.page.locator('.quick-input-widget:visible');
  }

  /** Types into the question with this text, and presses Enter. */
  async answer(prompt: string | RegExp, text: string): Promise<void> {
    await this.toFront();
    await this.question.filter({ hasText: prompt }).waitFor();
    const input = this.question.locator('.quick-input-box input');
    await input.fill(text);
    await input.press('Enter');
  }

  /** Runs a command from the Command Palette. */
  async command(title: string): Promise<void> {
    await this.toFront();
    const input = this.question.locator('.quick-input-box input');
    const focused = this.question.locator('.monaco-list-row.focused');
    const chosen = focused.and(this.question.getByRole('option', { name: title }));
    // Something else that takes the focus closes the palette, so this tries three times.
    for (let tries = 2; ; tries--) {
      await this.page.keyboard.press('F1');
      try {
        await input.fill(`>${title}`, { timeout: 10_000 });
        // Before the list has caught up, Enter would run the last used command.
        await chosen.waitFor({ timeout: 10_000 });
        await this.enter();
        // Enter does nothing while the list is being filled.
        await chosen.waitFor({ state: 'hidden', timeout: 10_000 });
        return;
      } catch (error) {
        if (tries === 0) {
          throw error;
        }
      }
    }
  }

  /** Presses Enter in the Command Palette. Fails if something else takes the focus just before, which then gets no key. */
  private async enter(): Promise<void> {
    await this.page.evaluate(`
      globalThis.isEntered = false;
      addEventListener(
        'keydown',
        (event) => {
          const { target } = event;
          // Another question is in the same field. A command begins with >.
          globalThis.isEntered = Boolean(target.closest?.('.quick-input-box') && target.value?.startsWith('>'));
          if (!globalThis.isEntered) {
            event.preventDefault();
            event.stopImmediatePropagation();
          }
        },
        { capture: true, once: true },
      );
    `);
    await this.page.keyboard.press('Enter');
    // The command may have reloaded the page.
    const isEntered = await this.page.evaluate<boolean>('globalThis.isEntered ?? true').catch(() => true);
    assert.ok(isEntered, 'something else took the focus');
  }

  async openWalkthrough(): Promise<void> {
    const title = 'Get started with TIR tokens';
    await this.command('Welcome: Open Walkthrough...');
    await this.question.getByRole('option', { name: title }).waitFor();
    await this.question.locator('.quick-input-box input').fill(title);
    await this.page.keyboard.press('Enter');
  }

  /**
   * Creates a token in the emulator, and signs in with it.
   * @param begin makes the questions show; by default, clicks the view's button
   */
  async signIn(
    given: Partial<PlatformToken> = {},
    name = 'first-token',
    begin = () => this.welcomeButton('Sign In…').click(),
  ): Promise<PlatformToken> {
    const token = this.emulator.seed(name, given);
    await begin();
    await this.signInWith(token);
    return token;
  }

  /** Answers the sign-in's questions. */
  async signInWith(token: PlatformToken): Promise<void> {
    await this.answer('Paste the token or text that contains it', `export TIR_API_TOKEN="${token.value}"`);
    await this.answer('the API key', token.apiKey);
    await this.answer("Enter the project's ID", String(token.projectId));
  }

  /** Creates a token with this name from the Command Palette. */
  async createToken(name: string): Promise<void> {
    await this.command('TIR: Create Token…');
    await this.answer('where the token will be used', name);
    await this.row(new RegExp(`^${name}, `)).waitFor();
  }

  /** Creates a token with this name, and puts it to use by the button of its row. */
  async createAndUse(name: string): Promise<void> {
    await this.createToken(name);
    await this.rowButton(new RegExp(`^${name}, `), 'Use in Terminals');
    await this.row(new RegExp(`^${name}, in use`)).waitFor();
  }

  /** Opens a new terminal, and runs a line in it. Resolves to the line's standard output. @param mayRestart see below */
  async inNewTerminal(line: string, mayRestart = false): Promise<string> {
    const before = await this.terminals.count();
    await this.command('Terminal: Create New Terminal');
    await this.terminals.nth(before).waitFor({ state: 'attached' });
    return this.inTerminal(line, mayRestart);
  }

  /** A shell line that prints the name of the terminal's token, 401 if TIR refuses it, or nothing if there's none. */
  get whoami(): string {
    return nameOf(this.emulator.origin);
  }

  /**
   * Runs a line in the active terminal. Resolves to its standard output.
   * @param mayRestart whether VS Code may restart the terminal's shell meanwhile, which drops what was typed: then the
   *   line may run twice
   */
  async inTerminal(line: string, mayRestart = false): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), 'tir-terminal-'));
    const [script, part, whole] = [join(folder, 'script'), join(folder, 'part'), join(folder, 'whole')];
    try {
      writeFileSync(script, `(\n${line}\n) > ${part}; mv ${part} ${whole}\n`);
      await until(`the shell to answer: ${line}`, async () => {
        // Sticky scroll adds a second terminal inside the terminal.
        await this.page.locator('.terminal-wrapper.active .xterm-helper-textarea').first().focus();
        // Spaces first, since a shell that has just started may lose the first character.
        await this.page.keyboard.insertText(`  sh ${script}`);
        await this.page.keyboard.press('Enter');
        return succeeds(until('an answer', () => existsSync(whole), mayRestart ? 15 : 100));
      });
      return readFileSync(whole, 'utf8').trim();
    } finally {
      rmSync(folder, { recursive: true, maxRetries: 5 });
    }
  }
}
