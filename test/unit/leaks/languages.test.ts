import assert from 'node:assert/strict';

import { commentOf, languageOf, replacementFor } from '../../../src/leaks/languages';

/** Source text in which guillemets mark the value. */
interface Source {
  readonly language: string;
  readonly path?: string;
  readonly name?: string;
  readonly text: string;
}

/** Returns the source with its value replaced. */
function fix({ language, path = 'a', name = 'TIR_API_TOKEN', text }: Source): string {
  const marked = text.split('\n');
  const line = marked.findIndex((one) => one.includes('«'));
  const start = marked[line]!.indexOf('«');
  const end = marked[line]!.indexOf('»') - 1;
  const texts = marked.map((one) => one.replace(/[«»]/g, ''));
  const lines = (index: number) => texts[index];
  const { edits } = replacementFor(languageOf(language, path), { lines, line, start, end, name, path });
  for (const edit of [...edits].sort((a, b) => b.line - a.line || b.start - a.start)) {
    const before = texts[edit.line] ?? '';
    texts[edit.line] = before.slice(0, edit.start) + edit.text + before.slice(edit.end);
  }
  return texts.join('\n');
}

describe('replacements of leaked tokens', () => {
  const cases: readonly (readonly [what: string, source: Source, fixed: string])[] = [
    [
      'Go: turns a constant into a variable, and adds the first import',
      { language: 'go', text: 'package main\n\nconst token = "«x»"\n' },
      'package main\n\nimport "os"\n\nvar token = os.Getenv("TIR_API_TOKEN")\n',
    ],
    [
      'Go: adds the import to the group, and keeps the text around the value',
      {
        language: 'go',
        text: 'package main\n\nimport (\n\t"net/http"\n)\n\nfunc f(r *http.Request) { r.Header.Set("Authorization", "Bearer «x»") }\n',
      },
      'package main\n\nimport (\n\t"os"\n\t"net/http"\n)\n\nfunc f(r *http.Request) { r.Header.Set("Authorization", "Bearer " + os.Getenv("TIR_API_TOKEN")) }\n',
    ],
    [
      'Go: adds an import beside a single one',
      { language: 'go', text: 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println(`«x»`) }\n' },
      'package main\n\nimport "os"\nimport "fmt"\n\nfunc main() { fmt.Println(os.Getenv("TIR_API_TOKEN")) }\n',
    ],
    [
      'Go: does not repeat an import',
      { language: 'go', text: 'package main\n\nimport (\n\t"os"\n)\n\nvar token = "«x»" // for now\n' },
      'package main\n\nimport (\n\t"os"\n)\n\nvar token = os.Getenv("TIR_API_TOKEN") // for now\n',
    ],
    [
      'Go: turns a group of one constant into a group of variables',
      { language: 'go', text: 'package main\n\nimport "os"\n\nconst (\n\ttoken = "«x»"\n)\n' },
      'package main\n\nimport "os"\n\nvar (\n\ttoken = os.Getenv("TIR_API_TOKEN")\n)\n',
    ],
    [
      'Go: splits a group to take a constant out of it',
      { language: 'go', text: 'package main\n\nimport "os"\n\nconst (\n\ta = 1\n\ttoken = "«x»"\n\tb = 2\n)\n' },
      'package main\n\nimport "os"\n\nconst (\n\ta = 1\n)\n\nvar (\n\ttoken = os.Getenv("TIR_API_TOKEN")\n)\n\nconst (\n\tb = 2\n)\n',
    ],
    [
      'Go: takes the last constant out of its group',
      { language: 'go', text: 'package main\n\nimport "os"\n\nconst (\n\ta = 1\n\ttoken = "«x»"\n)\n' },
      'package main\n\nimport "os"\n\nconst (\n\ta = 1\n)\n\nvar (\n\ttoken = os.Getenv("TIR_API_TOKEN")\n)\n',
    ],
    [
      'Go: leaves a group with iota to the compiler, which reports the constant',
      { language: 'go', text: 'package main\n\nimport "os"\n\nconst (\n\ta = iota\n\ttoken = "«x»"\n)\n' },
      'package main\n\nimport "os"\n\nconst (\n\ta = iota\n\ttoken = os.Getenv("TIR_API_TOKEN")\n)\n',
    ],
    [
      'Go: keeps a group of variables',
      { language: 'go', text: 'package main\n\nimport "os"\n\nvar (\n\ta = 1\n\ttoken = "«x»"\n)\n' },
      'package main\n\nimport "os"\n\nvar (\n\ta = 1\n\ttoken = os.Getenv("TIR_API_TOKEN")\n)\n',
    ],
    [
      'Java: reads the variable after the rest of the string',
      { language: 'java', text: '    request.setHeader("Authorization", "Bearer «x»");' },
      '    request.setHeader("Authorization", "Bearer " + System.getenv("TIR_API_TOKEN"));',
    ],
    [
      'Java: keeps the string before and after the value',
      {
        language: 'java',
        text: 'String url = "https://api.e2enetworks.com/?apikey=«x»&page=1";',
        name: 'E2E_TIR_API_KEY',
      },
      'String url = "https://api.e2enetworks.com/?apikey=" + System.getenv("E2E_TIR_API_KEY") + "&page=1";',
    ],
    [
      'Java: uses a placeholder in text blocks',
      { language: 'java', text: 'String a = """\n    Bearer «x»\n    """;' },
      'String a = """\n    Bearer <TIR_API_TOKEN>\n    """;',
    ],
    [
      'Java: uses a placeholder in comments',
      { language: 'java', text: 'int a; // "«x»"' },
      'int a; // "<TIR_API_TOKEN>"',
    ],
    [
      'YAML: uses substitution in an unquoted value',
      { language: 'yaml', text: 'env:\n  TIR_API_TOKEN: «x»' },
      'env:\n  TIR_API_TOKEN: ${TIR_API_TOKEN}',
    ],
    ['YAML: keeps quotes', { language: 'yaml', text: 'token: "Bearer «x»"' }, 'token: "Bearer ${TIR_API_TOKEN}"'],
    [
      'YAML: adds quotes in a map on one line',
      { language: 'yaml', text: 'env: { TIR_API_TOKEN: «x» }' },
      'env: { TIR_API_TOKEN: "${TIR_API_TOKEN}" }',
    ],
    ['YAML: uses a placeholder in comments', { language: 'yaml', text: 'a: b # «x»' }, 'a: b # <TIR_API_TOKEN>'],
    [
      'YAML: uses secrets in a GitHub Actions workflow',
      { language: 'yaml', path: 'home/.github/workflows/a.yml', text: 'TIR_API_TOKEN: «x»' },
      'TIR_API_TOKEN: ${{ secrets.TIR_API_TOKEN }}',
    ],
    ['JSON: uses substitution', { language: 'json', text: '{ "token": "«x»" }' }, '{ "token": "${TIR_API_TOKEN}" }'],
    [
      'dotenv: uses expansion',
      { language: 'plaintext', path: 'a/.env.local', text: 'KEY=«x»' },
      'KEY=${TIR_API_TOKEN}',
    ],
    [
      'dotenv: replaces single quotes, which prevent expansion',
      { language: 'properties', path: '.env', text: "export KEY='«x»'" },
      'export KEY="${TIR_API_TOKEN}"',
    ],
    [
      'Dockerfile: replaces ENV, which would leave the token in the image',
      { language: 'dockerfile', text: 'FROM a\nENV TIR_API_TOKEN=«x»' },
      'FROM a\n# docker run --env TIR_API_TOKEN',
    ],
    [
      'Dockerfile: mounts the secret at the start of a RUN instruction',
      { language: 'dockerfile', text: 'RUN apt-get update && \\\n  curl -H "Authorization: Bearer «x»" a' },
      'RUN --mount=type=secret,id=TIR_API_TOKEN,env=TIR_API_TOKEN apt-get update && \\\n  curl -H "Authorization: Bearer $TIR_API_TOKEN" a',
    ],
    [
      'Python: adds the import after the docstring of the file',
      { language: 'python', text: '"""What it does.\n\nAnd how.\n"""\n\nTOKEN = \'«x»\'' },
      '"""What it does.\n\nAnd how.\n"""\n\nimport os\nTOKEN = os.environ["TIR_API_TOKEN"]',
    ],
    [
      'Python: keeps bytes as bytes',
      { language: 'python', text: 'import os, sys\nsend(b"Bearer «x»")' },
      'import os, sys\nsend(f"Bearer {os.environ[\'TIR_API_TOKEN\']}".encode())',
    ],
    [
      'Python: keeps an f-string',
      { language: 'python', text: 'import os\nurl = f"{base}/?apikey=«x»"', name: 'E2E_TIR_API_KEY' },
      'import os\nurl = f"{base}/?apikey={os.environ[\'E2E_TIR_API_KEY\']}"',
    ],
    [
      'Python: uses a shell variable in a shell line of a notebook',
      { language: 'python', text: '!curl -H "Authorization: Bearer «x»" a' },
      '!curl -H "Authorization: Bearer $TIR_API_TOKEN" a',
    ],
    [
      'TypeScript: uses braces in a JSX attribute',
      { language: 'typescriptreact', path: 'a.tsx', text: '<Api token="«x»" />' },
      '<Api token={process.env.TIR_API_TOKEN} />',
    ],
    [
      'TypeScript: keeps a template literal',
      { language: 'typescript', text: 'fetch(`${base}?apikey=«x»&page=${page}`)', name: 'E2E_TIR_API_KEY' },
      'fetch(`${base}?apikey=${process.env.E2E_TIR_API_KEY}&page=${page}`)',
    ],
    [
      'shell: puts braces around the name if text follows',
      { language: 'shellscript', text: 'echo "«x»abc"' },
      'echo "${TIR_API_TOKEN}abc"',
    ],
    ['other: uses a placeholder', { language: 'rust', text: 'let a = "«x»";' }, 'let a = "<TIR_API_TOKEN>";'],
  ];
  for (const [what, source, fixed] of cases) {
    it(what, () => {
      assert.equal(fix(source), fixed);
    });
  }

  it("use each language's comment marks, and none in JSON", () => {
    assert.deepEqual(
      ['python', 'go', 'rust', 'markdown', 'jsonc', 'json'].map((language) => commentOf(language)?.[0]),
      ['#', '//', '//', '<!--', '//', undefined],
    );
  });
});
