import type { Locator } from 'playwright-core';

import type { Workbench } from './workbench';

/** Number of clicks and key presses that a job takes. */
export interface Effort {
  /** Mouse button presses. */
  readonly clicks: number;
  /** Keys and key combinations. Each typed letter counts as one, and so does a paste. */
  readonly keys: number;
}

/** Uses VS Code as a person does, and counts the effort. */
export class CountedInput {
  #clicks = 0;
  #keys = 0;

  constructor(private readonly workbench: Workbench) {}

  /** Returns the effort since the last call. */
  effort(): Effort {
    const effort = { clicks: this.#clicks, keys: this.#keys };
    [this.#clicks, this.#keys] = [0, 0];
    return effort;
  }

  async click(what: Locator): Promise<void> {
    this.#clicks++;
    await what.click();
  }

  /** Chooses an item from a row's menu. @param effect what the item makes visible */
  async rowMenu(row: RegExp, item: string, effect: Locator): Promise<void> {
    this.add({ clicks: 2, keys: 0 });
    await this.workbench.rowMenu(row, item, effect);
  }

  async press(combination: string): Promise<void> {
    this.#keys++;
    await this.workbench.page.keyboard.press(combination);
  }

  async type(text: string): Promise<void> {
    this.#keys += text.length;
    await this.workbench.page.keyboard.type(text);
  }

  /** Adds the effort of steps that bypass this class because they're retried until VS Code is ready. */
  add({ clicks, keys }: Effort): void {
    this.#clicks += clicks;
    this.#keys += keys;
  }

  /** Pastes text where the focus is, without the clipboard, which a terminal in a browser may not read. */
  async paste(text: string): Promise<void> {
    this.#keys++;
    await this.workbench.page.keyboard.insertText(text);
  }
}
