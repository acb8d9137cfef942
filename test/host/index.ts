import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { runMocha } from '../support/mocha';

/** What the extension host calls (`extensionTestsPath`). */
export async function run(): Promise<void> {
  const files = readdirSync(__dirname).filter((file) => file.endsWith('.test.js'));
  const failures = await runMocha(
    files.sort().map((file) => join(__dirname, file)),
    () => undefined,
  );
  if (failures > 0) {
    throw new Error(`${failures} tests failed`);
  }
}
