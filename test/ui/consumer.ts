import { createHash } from 'node:crypto';

import type { Locator } from 'playwright-core';

import type { Workbench } from './workbench';

/** Returns the start of a value's SHA-256, which the consumer shows. */
export function sha256(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 12);
}

/** The consumer, an extension that asks for tokens, in a window. */
export class Consumer {
  constructor(private readonly workbench: Workbench) {}

  /** Locates its status bar item with this text. */
  has(what: string): Locator {
    const item = this.workbench.page.locator('.statusbar-item[id$="consumer.consumer"]');
    return item.getByText(`Consumer: ${what}`);
  }

  async ask(title = 'Ask for Project 4711'): Promise<void> {
    await this.workbench.command(`Consumer: ${title}`);
    await this.consent.waitFor();
  }

  /** VS Code's own dialog that asks for consent. */
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
