import { appendFileSync } from 'node:fs';

import type { PlatformToken } from '../emulator/platform';

/** Notes a new token's value and API key for the search over all files after the suites. */
export function noteSecrets({ value, apiKey }: PlatformToken): void {
  const file = process.env['TIR_TEST_SECRETS'];
  if (file !== undefined) {
    appendFileSync(file, `${value}\n${apiKey}\n`);
  }
}
