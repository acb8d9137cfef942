import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { until } from '../support/until';
import type { CountedInput, Effort } from './countedInput';
import { succeeds, type Workbench } from './workbench';

/*
 * Ways to give a script its token without this extension. Steps in VS Code are done for real. Steps elsewhere are
 * counted from their documentation, with one click for each choice.
 */

export function sum(...efforts: readonly Effort[]): Effort {
  return efforts.reduce((a, b) => ({ clicks: a.clicks + b.clicks, keys: a.keys + b.keys }), { clicks: 0, keys: 0 });
}

/**
 * Steps on the TIR website, already logged in
 * (https://docs.e2enetworks.com/docs/tir/GettingStarted/Security/API_Tokens/).
 */
export const page = {
  open: { clicks: 2, keys: 0 },
  create: (name: string) => ({ clicks: 2, keys: name.length }),
  copy: { clicks: 1, keys: 0 },
  delete: { clicks: 2, keys: 0 },
};

/** Switches from the browser to VS Code, or back. */
export const switchWindow = { clicks: 0, keys: 1 };

/** Switches to the TIR website or the password manager, copies a value, and switches back. */
export const fetchValue = sum(switchWindow, page.copy, switchWindow);

/**
 * 1Password's extension (https://developer.1password.com/docs/vscode/) and its `op run`
 * (https://developer.1password.com/docs/cli/secrets-environment-variables/), which a fingerprint allows.
 */
export const onePassword = {
  /** Moves a value out of a file with the extension's mark and under the suggested name, and saves the file. */
  save: { clicks: 1, keys: 2 },
  /** Runs a line in a new terminal. */
  run: (line: string) => ({ clicks: 1, keys: 1 + line.length + 1 }),
  /** Opens the item in the app, edits its field, and saves it. */
  change: { clicks: 3, keys: 1 },
};

/** Opens a new terminal in VS Code. */
export async function newTerminal({ page: window }: Workbench, person: CountedInput): Promise<void> {
  const terminals = window.locator('.terminal-wrapper');
  const before = await terminals.count();
  await person.press('Control+Shift+`');
  await until('the terminal', async () => (await terminals.count()) > before);
}

/** Types a line into the focused terminal. @param value is pasted after the line */
export async function inTerminal(
  { page: window }: Workbench,
  person: CountedInput,
  line: string,
  value = '',
): Promise<void> {
  const input = window.locator('.terminal-wrapper.active .xterm-helper-textarea:focus');
  await input.waitFor({ state: 'attached' });
  // A shell that has just started may lose the first character.
  const prompt = window.locator('.terminal-wrapper.active .xterm-rows > div', { hasText: /^\$\s*$/ });
  await prompt.first().waitFor();
  await person.type(line);
  if (value !== '') {
    await person.paste(value);
  }
  await person.press('Enter');
}

/** Creates a file in the folder. @param value is pasted after the text */
export async function newFile(workbench: Workbench, person: CountedInput, name: string, text: string, value = '') {
  const { page: window } = workbench;
  const explorer = window.locator('.explorer-folders-view');
  await workbench.command('File: Focus on Files Explorer');
  await explorer.locator('.monaco-list:focus').waitFor();
  const button = window.locator('.sidebar').getByRole('button', { name: 'New File...' });
  await person.click(button);
  // The field closes if something else, such as a slow terminal, takes the focus. A second click isn't counted.
  await until('the field for the name', async () => {
    const isOpen = await succeeds(explorer.locator('.monaco-inputbox input:focus').waitFor({ timeout: 5000 }));
    if (!isOpen) {
      await button.click();
    }
    return isOpen;
  });
  await person.type(name);
  await person.press('Enter');
  await window.locator('.tab.active', { hasText: name }).waitFor();
  await write(workbench, person, name, text, value);
}

/** Replaces the value in `.env`. */
export async function changeEnvFile(workbench: Workbench, person: CountedInput, value: string): Promise<void> {
  const { page: window, question } = workbench;
  await person.press('Control+p');
  await question.locator('.quick-input-box input:focus').waitFor();
  await person.type('.env');
  await question.locator('.monaco-list-row.focused[aria-label^=".env,"]').waitFor();
  await person.press('Enter');
  await window.locator('.tab.active', { hasText: /^\.env$/ }).waitFor();
  await window.locator('.monaco-editor.focused').waitFor();
  await person.press('Control+a');
  await write(workbench, person, '.env', 'TIR_API_TOKEN=', value);
}

async function write(
  { page: window, folder }: Workbench,
  person: CountedInput,
  name: string,
  text: string,
  value: string,
) {
  await window.locator('.monaco-editor.focused').waitFor();
  await person.type(text);
  if (value !== '') {
    await person.paste(value);
  }
  await person.press('Control+s');
  await until(`${name} to be saved`, () => readFileSync(join(folder, name), 'utf8') === text + value);
}
