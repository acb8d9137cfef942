import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { runMocha } from './mocha';

// Runs one suite on plain Node: `node main.mjs unit`. Servers that a test started end on exit.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
const folder = join(dirname(fileURLToPath(import.meta.url)), '..', process.argv[2] ?? '');
const files = readdirSync(folder).filter((file) => file.endsWith('.test.mjs'));
const failures = await runMocha(
  files.sort().map((file) => join(folder, file)),
  (line) => console.log(line),
);
process.exit(failures === 0 ? 0 : 1);
