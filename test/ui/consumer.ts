import { createHash } from 'node:crypto';

import type { Locator } from 'playwright-core';

import type { Workbench } from './workbench';

/** What the other extension shows of a value. */
export function sha256(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 12);
}

/** The other extension, which asks for tokens, in a window. */
export class Consumer {
  constructor(private readonly workbench: Workbench) {}

  /** What it says of the token that it has. */
  has(what: string): Locator {
    const item = this.workbench.page.locator('.statusbar-item[id$="consumer.consumer"]');
    return item.getByText(`Consumer: ${what}`);
  }

  async ask(title = 'Ask for Project 4711'): Promise<void> {
    await this.workbench.command(`Consumer: ${title}`);
    await this.consent.waitFor();
  }

  /** The editor's own question. */
  get consent(): Locator {
    const wants = /The extension 'Consumer' wants .* using TIR AI Platform/;
    return this.workbench.page.getByRole('dialog').filter({ hasText: wants });
  }

  async allow(): Promise<void> {
    await this.consent.getByRole('button', { name: 'Allow' }).click();
  }

  get gotNothing(): Locator {
    return this.workbench.notification('Consumer got nothing');
  }
}
