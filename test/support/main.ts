import { readdirSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { runMocha } from './mocha';

// Runs the test files of one suite (`node main.mjs unit`) or of all on plain Node. `TIR_TEST_FILES` can select some.
// Signals exit the process, since servers that a test started end on exit.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
const folder = join(dirname(fileURLToPath(import.meta.url)), '..');
const suite = process.argv[2];
const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .flatMap((file) => /^(.*)\.test\.mjs$/.exec(file.replaceAll(sep, '/'))?.[1] ?? [])
  .filter((name) => suite === undefined || name.startsWith(`${suite}/`));
const failures = await runMocha(
  Object.fromEntries(names.map((name) => [name, () => import(pathToFileURL(join(folder, `${name}.test.mjs`)).href)])),
);
process.exit(failures === 0 ? 0 : 1);
