import { appendFileSync } from 'node:fs';

import type { PlatformToken } from '../emulator/platform';

/** Keeps what was made for the search over all files after the suites. */
export function noteSecrets(tokens: readonly PlatformToken[]): void {
  const file = process.env['TIR_TEST_SECRETS'];
  if (file !== undefined) {
    appendFileSync(file, tokens.map(({ value, apiKey }) => `${value}\n${apiKey}\n`).join(''));
  }
}
