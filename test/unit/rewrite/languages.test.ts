import assert from 'node:assert/strict';

import { commentAt, languageOf, replacementFor } from '../../../src/rewrite/languages';
import { applyEdits } from '../../../src/rewrite/replacement';
import { marked } from './marked';

/*
 * Files that no program of the tests can run. `test/fixes` runs those of programming languages.
 */

/** A text in which guillemets mark the value, and the text with its value replaced. `…` is the placeholder. */
type Case = readonly [what: string, before: string, after: string];

const job = 'jobs:\n  build:\n    ';
const steps = `${job}steps:\n      `;
const inWorkflow = (what: string, source: string, code: string): Case[] => [
  [what, source, source.replace('«x»', () => code)],
];
const workflow: readonly Case[] = [
  ['a variable', 'env:\n  TIR_API_TOKEN: «x»', 'env:\n  TIR_API_TOKEN: ${{ secrets.TIR_API_TOKEN }}'],
  ['a variable in quotes', 'env:\n  A: "Bearer «x»" # b', 'env:\n  A: "Bearer ${{ secrets.TIR_API_TOKEN }}" # b'],
  ['a map on one line', 'env: { A: «x», B: c }', 'env: { A: "${{ secrets.TIR_API_TOKEN }}", B: c }'],
  ...inWorkflow('a command', `${steps}- run: curl -H «x»`, '${{ secrets.TIR_API_TOKEN }}'),
  ...inWorkflow('a script', `${steps}- run: |\n          a\n          b "«x»"\n`, '${{ secrets.TIR_API_TOKEN }}'),
  ...inWorkflow('an input', `${steps}- with:\n          token: «x»`, '${{ secrets.TIR_API_TOKEN }}'),
  ...inWorkflow(
    'a password',
    `${job}container:\n      credentials:\n        password: «x»`,
    '${{ secrets.TIR_API_TOKEN }}',
  ),
  ...inWorkflow('a variable of a job', `${job}env: { A: "«x»" }`, '${{ secrets.TIR_API_TOKEN }}'),
  ...inWorkflow('a secret for a called workflow', `${job}secrets:\n      token: «x»`, '${{ secrets.TIR_API_TOKEN }}'),
  ...inWorkflow('an input of a called workflow', `${job}with:\n      token: «x»`, '…'),
  ...inWorkflow('a default', 'defaults:\n  run:\n    shell: «x»', '…'),
  ...inWorkflow('a matrix', `${job}strategy:\n      matrix:\n        env: [«x»]`, '…'),
  ...inWorkflow('a text in an expression', "env:\n  A: ${{ github.x || '«x»' }}", '…'),
  ['a name', 'name: «x»', 'name: …'],
  ['a condition', "if: github.actor == '«x»'", "if: github.actor == '…'"],
  ['a key', 'env:\n  «x»: a', 'env:\n  …: a'],
  ['a comment', 'env:\n  A: b # «x»', 'env:\n  A: b # …'],
];

const compose: readonly Case[] = [
  ['a map', 'environment:\n  TIR_API_TOKEN: «x»', 'environment:\n  TIR_API_TOKEN: ${TIR_API_TOKEN}'],
  ['a list', 'environment:\n  - TIR_API_TOKEN=«x»', 'environment:\n  - TIR_API_TOKEN=${TIR_API_TOKEN}'],
  ['a list on one line', 'environment: [A=«x»]', 'environment: ["A=${TIR_API_TOKEN}"]'],
  ['quotes on one line', "environment: ['A=«x»']", "environment: ['A=${TIR_API_TOKEN}']"],
  ['a list over several lines', 'environment: [\n  A=«x»,\n  B]', 'environment: [\n  "A=${TIR_API_TOKEN}",\n  B]'],
  ['an anchor', 'a: &t «x»\nb: *t', 'a: &t ${TIR_API_TOKEN}\nb: *t'],
  ['a comment', 'a: b # «x»', 'a: b # …'],
];

const yaml: readonly Case[] = [
  ['a map', 'token: «x»', 'token: …'],
  ['a secret of Kubernetes', 'stringData:\n  TIR_API_TOKEN: "«x»"', 'stringData:\n  TIR_API_TOKEN: "…"'],
  ['a pair', '- name: TIR_API_TOKEN\n  value: «x»', '- name: TIR_API_TOKEN\n  value: …'],
  ['a map on one line', '{ token: «x» }', '{ token: … }'],
  ['a text of several lines', 'a: |\n  token = «x»', 'a: |\n  token = …'],
];

const dotenv: readonly Case[] = [
  ['the variable, which terminals have', 'A=b\nTIR_API_TOKEN=«x»\nC=d', 'A=b\nC=d'],
  ['text around the value', 'TIR_API_TOKEN="Bearer «x»"', 'TIR_API_TOKEN="Bearer …"'],
  ['another variable', 'KEY=«x»', 'KEY=${TIR_API_TOKEN}'],
  ['single quotes', "export KEY='«x»'", 'export KEY="${TIR_API_TOKEN}"'],
  ['single quotes that are needed', "KEY='$a «x»'", "KEY='$a …'"],
  ['a comment', '# KEY=«x»', '# KEY=…'],
  ['a comment after a value', 'KEY=a # «x»', 'KEY=a # …'],
];

const mount = '--mount=type=secret,id=TIR_API_TOKEN,env=TIR_API_TOKEN,required=true';
const dockerfile: readonly Case[] = [
  ['the variable', 'FROM a\nENV TIR_API_TOKEN=«x»', 'FROM a\n# docker run --env TIR_API_TOKEN'],
  ['the variable in quotes', 'ENV TIR_API_TOKEN="«x»"\n', '# docker run --env TIR_API_TOKEN\n'],
  ['the older form', 'ENV TIR_API_TOKEN «x»', '# docker run --env TIR_API_TOKEN'],
  ['an argument', 'ARG TIR_API_TOKEN=«x»', '# docker run --env TIR_API_TOKEN'],
  ['another variable', 'ENV OTHER=«x»', 'ENV OTHER=…'],
  ['one of several', 'ENV TIR_API_TOKEN=«x» B=c', 'ENV TIR_API_TOKEN=… B=c'],
  ['a URL', 'ENV URL=https://a?apikey=«x»', 'ENV URL=https://a?apikey=…'],
  ['a command', 'RUN curl -H "Bearer «x»" a', `RUN ${mount} curl -H "Bearer $TIR_API_TOKEN" a`],
  ['single quotes', "RUN curl -H 'Bearer «x»' a", `RUN ${mount} curl -H "Bearer $TIR_API_TOKEN" a`],
  ['a command over lines', 'RUN a && \\\n  b «x»', `RUN ${mount} a && \\\n  b "$TIR_API_TOKEN"`],
  ['a comment with a quote between lines', "RUN a \\\n# it's\n  «x»", `RUN ${mount} a \\\n# it's\n  "$TIR_API_TOKEN"`],
  ['a comment between lines', 'RUN a \\\n# «x»\n  b', 'RUN a \\\n# …\n  b'],
  ['a variable of one command', 'RUN TIR_API_TOKEN=«x» a', `RUN ${mount} a`],
  ['a flag', 'RUN --network=none a «x»', `RUN ${mount} --network=none a "$TIR_API_TOKEN"`],
  ['a list', 'RUN ["a", "«x»"]', 'RUN ["a", "…"]'],
  ['a list to start', 'CMD ["a", "«x»"]', 'CMD ["a", "…"]'],
  ['a command to start', 'CMD a «x»', 'CMD a "$TIR_API_TOKEN"'],
  ['a here-document', 'RUN <<EOF\na «x»\nEOF\nRUN b', 'RUN <<EOF\na …\nEOF\nRUN b'],
  ['a label', 'LABEL a=«x»', 'LABEL a=…'],
  ['a comment', '# «x»', '# …'],
  ['in lower case', 'run a «x»', `run ${mount} a "$TIR_API_TOKEN"`],
];

const others: readonly Case[] = [
  ['a configuration file of TIR', '{ "token": "«x»" }', '{ "token": "…" }'],
  ['a page', '<p>«x»</p>', '<p>…</p>'],
];

describe('replacements of leaked tokens in', () => {
  const files: readonly (readonly [title: string, language: string, path: string, cases: readonly Case[]])[] = [
    ['a GitHub workflow', 'yaml', 'a/.github/workflows/a.yml', workflow],
    ['a Compose file', 'yaml', 'a/docker-compose.yml', compose],
    ['other YAML', 'yaml', 'action.yml', yaml],
    ['a .env file', 'properties', 'a/.env.local', dotenv],
    ['a Dockerfile', 'dockerfile', 'Dockerfile', dockerfile],
    ['JSON', 'json', 'config.json', others],
    ['HTML', 'html', 'a.html', others],
  ];
  for (const [title, language, path, cases] of files) {
    for (const [what, source, fixed] of cases) {
      it(`${title}: ${what}`, async () => {
        const site = { ...marked(source), name: 'TIR_API_TOKEN', path };
        const { edits } = await replacementFor(languageOf(language, path), site);
        assert.equal(applyEdits(site.text, edits), fixed.replace('…', 'YOUR_TIR_API_TOKEN'));
      });
    }
  }
});

describe('a leaked token', () => {
  it("gets a tir-ignore comment in each language's own form, only where it stays a comment", async () => {
    const cases: readonly (readonly [language: string, text: string, ignored: string | undefined])[] = [
      ['python', '  «x»', '  # tir-ignore a\n  x'],
      ['rust', '«x»', '// tir-ignore a\nx'],
      ['sql', '«x»', '-- tir-ignore a\nx'],
      ['json', '«x»', undefined],
      ['css', '«x»', undefined],
      ['markdown', '«x»', undefined],
      ['python', 'a = """\n«x»\n"""', undefined],
      ['javascript', 'const a = `\n«x»\n`;', undefined],
      ['javascript', 'f(\n  "«x»");', 'f(\n  // tir-ignore a\n  "x");'],
      ['typescriptreact', 'const a = <b>\n  «x»\n</b>;', undefined],
      ['shellscript', 'cat <<EOF\n«x»\nEOF\n', undefined],
      ['shellscript', "cat <<'EOF'\n«x»\nEOF\n", undefined],
      ['shellscript', 'echo "\n«x»"\n', undefined],
      ['shellscript', 'echo\n«x»\n', 'echo\n# tir-ignore a\nx\n'],
    ];
    for (const [language, source, ignored] of cases) {
      const { text, start } = marked(source);
      const edit = await commentAt(language, text, text.lastIndexOf('\n', start) + 1, 'tir-ignore a');
      assert.equal(edit && applyEdits(text, [edit]), ignored, `${language}: ${source}`);
    }
  });
});
