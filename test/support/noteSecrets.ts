import { appendFileSync } from 'node:fs';

import type { PlatformToken } from '../emulator/platform';

/** Records a new token's value and API key for the search for secrets that follows the suites. */
export function noteSecrets({ value, apiKey }: PlatformToken): void {
  const file = process.env['TIR_TEST_SECRETS'];
  if (file !== undefined) {
    appendFileSync(file, `${value}\n${apiKey}\n`);
  }
}
