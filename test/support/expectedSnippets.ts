import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Reads the expected snippets from `snippets.md`, by kind. @param root the folder of package.json */
export function expectedSnippets(root: string, apiUrl: string): ReadonlyMap<string, string> {
  const page = readFileSync(join(root, 'test', 'support', 'snippets.md'), 'utf8').replaceAll('\r\n', '\n');
  const blocks = page.matchAll(/^## (.+)\n\n```\n([^]*?)^```$/gm);
  return new Map(
    Array.from(blocks, ([, kind = '', text = '']) => [kind, text.replaceAll('<api url>', apiUrl)] as const),
  );
}
