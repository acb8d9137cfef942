import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { root } from '../../scripts/root.mjs';
import { copyOfSources } from '../support/copyOfSources';

/**
 * Edit of the copy: puts text before or after the only occurrence of `at`, creates a file with the `whole` text, or
 * says that `npm run reference` changes the page.
 */
type Edit =
  | readonly [file: string, at: string, text: string, where?: 'before']
  | readonly [file: string, whole: string]
  | readonly [file: 'docs/reference.md'];

/** Edits that follow the recipes of CONTRIBUTING.md, in the order of their lines. */
const recipes: Readonly<Record<string, readonly Edit[]>> = {
  'A command': [
    [
      'src/commands/hello.ts',
      `import * as vscode from 'vscode';

/** Says hello. */
export async function hello() {
  vscode.window.setStatusBarMessage(vscode.l10n.t('Hello there'), 5000);
  return Promise.resolve({});
}
`,
    ],
    [
      'test/host/commands/hello.test.ts',
      `import assert from 'node:assert/strict';

import { run } from '../support';

describe('hello', () => {
  it('resolves to an empty object', async () => {
    assert.deepEqual(await run('hello'), {});
  });
});
`,
    ],
    ['src/commands/run.ts', 'import { openExample }', "import { hello } from './hello';\n", 'before'],
    ['src/commands/run.ts', '  forgetEverything,\n', '  hello,\n'],
    [
      'package.json',
      '\n    "commands": [',
      '{ "command": "tir.hello", "title": "%command.hello%", "category": "TIR" },',
    ],
    ['package.nls.json', '{\n', '"command.hello": "Hello",\n'],
    ['package.nls.hi.json', '{\n', '"command.hello": "नमस्ते",\n'],
    ['l10n/bundle.l10n.hi.json', '{\n', '"Hello there": "नमस्ते जी",\n'],
    ['docs/reference.md', '| Open Example Script', '| `tir.hello` | Says who is there. |\n', 'before'],
    [
      'test/ui/keyboard.test.ts',
      '      async forgetEverything() {',
      "      hello: () => palette('Hello'),\n",
      'before',
    ],
    ['test/soak/commandsUnderFault.ts', "  'forgetEverything',\n", "  'hello',\n"],
    ['test/unit/project/manifest.test.ts', '        forgetEverything: ', "        hello: 'Hello',\n", 'before'],
  ],
  'A setting': [
    [
      'package.json',
      '"tir.apiUrl": {',
      '"tir.hello.enabled": { "type": "boolean", "default": true, "scope": "application", "markdownDescription": "%setting.hello%" },',
      'before',
    ],
    ['package.nls.json', '{\n', '"setting.hello": "Whether to say it.",\n'],
    ['package.nls.hi.json', '{\n', '"setting.hello": "कहना है या नहीं।",\n'],
    [
      'src/base/settings.ts',
      'export const settings = {\n',
      "  helloEnabled: () => read<boolean>('hello.enabled', true),\n",
    ],
    ['docs/reference.md'],
  ],
  'A snippet': [
    ['src/snippets/snippets.ts', "  'jupyter',\n", "  'rust',\n"],
    [
      'src/snippets/snippets.ts',
      '  jupyter: {\n',
      '  rust: {\n    where: [{ language: \'rust\' }],\n    text: () => `let token = std::env::var("TIR_API_TOKEN")?;\\n`,\n  },\n',
      'before',
    ],
    [
      'src/snippets/offers.ts',
      '  jupyter: {',
      "  rust: { label: 'Rust', use: vscode.l10n.t('Read the token in Rust') },\n",
      'before',
    ],
    ['l10n/bundle.l10n.hi.json', '{\n', '"Read the token in Rust": "Rust में टोकन पढ़ें",\n'],
    ['src/snippets/completions.ts', "  'python',\n", "  'rust',\n"],
    [
      'test/support/snippets.md',
      '## curl\n',
      '## rust\n\n```\nlet token = std::env::var("TIR_API_TOKEN")?;\n```\n\n',
      'before',
    ],
    [
      'test/unit/snippets/snippets.test.ts',
      "describe('snippets', () => {\n",
      "  it('rust: reads it', () => assert.match(text('rust'), /TIR_API_TOKEN/));\n",
    ],
  ],
  'A leak pattern': [
    ['src/leaks/patterns.ts', "  'stored-value',\n", "  'hello-value',\n"],
    [
      'src/leaks/patterns.ts',
      'export const patterns: readonly Pattern[] = [\n',
      "  { code: 'hello-value', expression: /hello_([a-f0-9]{40})/g, isLeak: looksRandom },\n",
    ],
    ['src/leaks/patterns.ts', 'hint = /', 'hello_|'],
    ['src/leaks/patterns.ts', 'prefilters = [\n', '  `hello_`,\n'],
    ['test/unit/leaks/hits.ts', 'count?: number])[] = [\n', "  ['hello-value', 'say hello_{hex:40}'],\n"],
    ['test/unit/leaks/misses.ts', 'export const misses: readonly string[] = [\n', "  'hello_{hex:39}',\n"],
    ['media/leaks.md', '| `stored-value` ', '| `hello-value` | a value behind `hello_` |\n', 'before'],
    ['package.json', '              "platform-token",\n', '"hello-value",\n'],
    ['package.json', '              "%leak.platformToken%",\n', '"%leak.hello%",\n'],
    ['package.nls.json', '{\n', '"leak.hello": "a value behind `hello_`",\n'],
    ['package.nls.hi.json', '{\n', '"leak.hello": "`hello_` के पीछे का मान",\n'],
    ['docs/reference.md'],
  ],
  'A fault of the API': [
    [
      'test/emulator/fault.ts',
      'export interface Fault {\n',
      '  /** Says no, for the reason that it is a teapot. */\n  teapot?: true;\n',
    ],
    [
      'test/emulator/fault.ts',
      '  if (fault.status === undefined) {\n',
      '  if (fault.teapot) {\n    return reply.code(418).send(envelope(418, {}, "Failure", "teapot"));\n  }\n',
      'before',
    ],
    [
      'test/emulator/faults.ts',
      'export const faultCases: readonly FaultCase[] = [\n',
      "  refused('a teapot', 'bad-response', () => ({ teapot: true })),\n",
    ],
  ],
};

/** Test for the copy: checks that the additions work. */
const proof = `import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import { KnownValues } from '../../src/leaks/knownValues';
import { scanText } from '../../src/leaks/scan';
import { snippetOf } from '../../src/snippets/snippets';
import { Emulator } from '../emulator/emulator';
import { faultCases } from '../emulator/faults';
import { clientFor, assertFails } from './support';

describe('what was added', () => {
  it('works', async () => {
    const place = { projectId: 1, location: 'Delhi', apiUrl: 'https://api.example.com' };
    assert.match(snippetOf('rust').text(place), /TIR_API_TOKEN/);
    const text = 'hello_' + randomBytes(20).toString('hex');
    const found = await scanText(text, new KnownValues((value) => value));
    assert.deepEqual(found.map(({ code }) => code), ['hello-value']);
    const emulator = await Emulator.start();
    const self = emulator.seed('self');
    const { fault, code } = faultCases.find(({ name }) => name === 'a teapot')!;
    emulator.fail('GET', fault(emulator));
    await assertFails(clientFor(self, emulator.apiUrl).list(), code!, self);
    await emulator.stop();
  });
});
`;

/** Checks only what recipes change and what uses it. The other suites would take a third of the time. */
const types = {
  extends: './tsconfig.json',
  include: ['src', 'test/emulator', 'test/soak', 'test/unit'],
  files: ['test/ui/keyboard.test.ts'],
};

/** Bundles the copy's tests of what recipes change. */
const build = `
import { buildForNode } from './scripts/build-tests.mjs';
const names = ['unit/project/manifest', 'unit/project/l10n', 'unit/snippets/snippets', 'unit/leaks/patterns', 'unit/added', 'docs/reference'];
await buildForNode(names.map((name) => \`test/\${name}.test.ts\`));
`;

/** Returns the paths that a recipe names. */
function pathsIn(lines: readonly string[]): string[] {
  const paths = lines.flatMap((line) =>
    [...line.matchAll(/`([\w./-]+\.(?:ts|json|md))`/g)].map(([, path = '']) => path),
  );
  return [...new Set(paths)].sort();
}

describe('recipes in CONTRIBUTING.md', () => {
  const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
  const section = text.slice(text.indexOf('\n## How to add\n'), text.indexOf('\n## Texts\n'));
  const written = section
    .split('\n### ')
    .slice(1)
    .map((part) => [part.split('\n', 1)[0] ?? '', part.split('\n').filter((line) => /^\d\. /.test(line))] as const);

  it('have at most six lines each, and name exactly the files to change', () => {
    assert.deepEqual(
      written.map(([title]) => title),
      Object.keys(recipes),
    );
    for (const [title, lines] of written) {
      assert.ok(lines.length > 0 && lines.length <= 6, title);
      assert.deepEqual(pathsIn(lines), [...new Set(recipes[title]!.map(([file]) => file))].sort(), title);
    }
  });

  it('lead to code that compiles, passes the tests and works', async () => {
    const copy = await copyOfSources();
    try {
      for (const edit of Object.values(recipes).flat()) {
        apply(copy, edit);
      }
      writeFileSync(join(copy, 'test', 'unit', 'added.test.ts'), proof);
      const run = async (args: readonly string[], more: NodeJS.ProcessEnv = {}) => {
        const options = { cwd: copy, maxBuffer: 1 << 24, env: { ...process.env, ...more } };
        await promisify(execFile)(process.execPath, args, options).catch((error: unknown) => {
          assert.fail(`${args.join(' ')}\n${(error as { stdout: string }).stdout}`);
        });
      };
      await run([join('scripts', 'reference.mjs')]);
      writeFileSync(join(copy, 'tsconfig.added.json'), JSON.stringify(types));
      const tsc = join(copy, 'node_modules', 'typescript', 'bin', 'tsc');
      await run([tsc, '--noEmit', '--project', 'tsconfig.added.json']);
      await run(['--input-type=module', '--eval', build]);
      const results = join(copy, 'results.json');
      const main = join('out', 'test', 'support', 'main.mjs');
      await run([main], { TIR_TEST_RESULTS: results, TIR_TEST_GREP: undefined, TIR_TEST_FILES: undefined });
      const { passed, failed } = JSON.parse(readFileSync(results, 'utf8')) as { passed: number; failed: number };
      assert.ok(passed > 10 && failed === 0, `${passed} passed, ${failed} failed`);
    } finally {
      rmSync(copy, { recursive: true, maxRetries: 5 });
    }
  });
});

function apply(copy: string, [file, at, text, where]: Edit): void {
  if (at === undefined) {
    return;
  }
  const path = join(copy, file);
  if (text === undefined) {
    assert.ok(!existsSync(path), file);
    writeFileSync(path, at);
    return;
  }
  const before = readFileSync(path, 'utf8');
  // The brace at the start of a JSON file isn't unique, but `replace` changes only the first one.
  assert.ok(before.startsWith(at) || before.split(at).length === 2, `${file}: ${at}`);
  writeFileSync(
    path,
    before.replace(at, () => (where === 'before' ? text + at : at + text)),
  );
}
