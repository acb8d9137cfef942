import type { Locator } from 'playwright-core';

import type { Workbench } from './workbench';

/** What a person does with mouse and keyboard. */
export interface Effort {
  /** Presses of a mouse button. */
  readonly clicks: number;
  /** Keys and combinations of keys; each letter that is typed is one, and so is what is pasted. */
  readonly keys: number;
}

/** Uses an editor by hand, and counts that. */
export class Person {
  #clicks = 0;
  #keys = 0;

  constructor(private readonly workbench: Workbench) {}

  /** What it took since the last call. */
  effort(): Effort {
    const effort = { clicks: this.#clicks, keys: this.#keys };
    [this.#clicks, this.#keys] = [0, 0];
    return effort;
  }

  async click(what: Locator): Promise<void> {
    this.#clicks++;
    await what.click();
  }

  /** Opens the menu of a row, and chooses in it. @param effect what shows then */
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

  /** What was done without this, as often as it took: an editor that is not ready yet is asked again. */
  add({ clicks, keys }: Effort): void {
    this.#clicks += clicks;
    this.#keys += keys;
  }

  /** What was copied before. It is put where the focus is without the clipboard, which a terminal of a browser may not read. */
  async paste(text: string): Promise<void> {
    this.#keys++;
    await this.workbench.page.keyboard.insertText(text);
  }
}
