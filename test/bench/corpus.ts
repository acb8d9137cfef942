import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Values } from '../unit/leaks/values';

const values = new Values(2026);
const words = Array.from({ length: 2000 }, (_, index) => values.text(3 + (index % 9), 'base62').toLowerCase());
const word = (index: number) => words[index % words.length]!;

/** Returns a line of a program, without a leak. */
function line(index: number): string {
  const [a, b, c] = [word(index * 7), word(index * 13 + 1), word(index * 29 + 2)];
  const indent = ' '.repeat((index % 5) * 4);
  const lines = [
    `${indent}${a} = self.${b}(${c}, timeout=30)`,
    `${indent}if ${a} is not None and ${b}.${c} > 0:`,
    `${indent}# ${a} ${b} ${c} of the ${a}, which ${b} has to know`,
    `${indent}return [${a} for ${a} in ${b} if ${a} != "${c}"]`,
    `${indent}def ${a}_${b}(self, ${c}: dict[str, int]) -> None:`,
    `${indent}logger.info("${a} %s ${b}", ${c}["${a}"])`,
    `${indent}"${a}": {"${b}": "https://example.com/${c}/${b}?page=${index}"},`,
    '',
  ];
  return lines[index % lines.length]!;
}

const lines = Array.from({ length: 20_000 }, (_, index) => line(index));

const leak = () => `os.environ["TIR_API_TOKEN"] = "${values.text(48)}"`;

/** Returns a program of `count` lines with a leaked token in every `leakEvery`-th. */
export function program(count: number, leakEvery: number): string {
  return Array.from({ length: count }, (_, index) =>
    index % leakEvery === leakEvery - 1 ? leak() : lines[index]!,
  ).join('\n');
}

export const corpus = { files: 10_000, bytes: 200_000_000, leaks: 100 };

/** Writes a workspace of 10,000 files of 20 kB. One in 20 mentions TIR's API, and one in 100 has a leaked token. */
export function writeCorpus(folder: string): void {
  const bytes = corpus.bytes / corpus.files;
  for (let index = 0; index < corpus.files; index++) {
    const home = join(folder, `package${index % 100}`, `module${index % 10}`);
    mkdirSync(home, { recursive: true });
    const pieces: string[] = [];
    if (index % 20 === 1) {
      pieces.push(
        '# Called as https://api.e2enetworks.com/myaccount/api/v1 wants it: Authorization: Bearer <your-token>',
      );
    }
    if (index % 20 === 2) {
      pieces.push(`run_id = "${values.uuid()}"`);
    }
    if (index % (corpus.files / corpus.leaks) === 3) {
      pieces.push(leak());
    }
    let length = pieces.join('\n').length;
    for (let at = index * 17; length < bytes; at++) {
      const next = lines[at % lines.length]!;
      pieces.push(next);
      length += next.length + 1;
    }
    writeFileSync(join(home, `file${index}.py`), pieces.join('\n').slice(0, bytes));
  }
}

/** Parts of texts that take long to scan when they're repeated. */
export const hostileParts: readonly string[] = [
  ...['a/', `${'a/'.repeat(60)}\n`, `${values.uuid()}/`, 'eyJ', '\\"', '\\', '.', '=', values.text(50_000)],
  ...['TIR_API_TOKEN=', 'TIR_API_TOKEN=\n', 'api_key = "x" token bearer ', '{"a":"\\u0022eyJ"},'],
  ...[`tir-ignore TIR_API_TOKEN=${values.text(40)} `, 'const token = "abc";\n'],
];
