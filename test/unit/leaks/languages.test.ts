import assert from 'node:assert/strict';

import { commentOf, languageOf, replacementFor } from '../../../src/leaks/languages';

/** A source in which the value stands between guillemets. */
interface Source {
  readonly language: string;
  readonly path?: string;
  readonly name?: string;
  readonly text: string;
}

/** The source with its value replaced. */
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

describe('Leak replacements', () => {
  const cases: readonly (readonly [what: string, source: Source, fixed: string])[] = [
    [
      'Go: a constant becomes a variable, and a file without imports gets one',
      { language: 'go', text: 'package main\n\nconst token = "«x»"\n' },
      'package main\n\nimport "os"\n\nvar token = os.Getenv("TIR_API_TOKEN")\n',
    ],
    [
      'Go: the import goes into the group, and the text around stays',
      {
        language: 'go',
        text: 'package main\n\nimport (\n\t"net/http"\n)\n\nfunc f(r *http.Request) { r.Header.Set("Authorization", "Bearer «x»") }\n',
      },
      'package main\n\nimport (\n\t"os"\n\t"net/http"\n)\n\nfunc f(r *http.Request) { r.Header.Set("Authorization", "Bearer " + os.Getenv("TIR_API_TOKEN")) }\n',
    ],
    [
      'Go: one import beside another',
      { language: 'go', text: 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println(`«x»`) }\n' },
      'package main\n\nimport "os"\nimport "fmt"\n\nfunc main() { fmt.Println(os.Getenv("TIR_API_TOKEN")) }\n',
    ],
    [
      'Go: an import that is there is not repeated',
      { language: 'go', text: 'package main\n\nimport (\n\t"os"\n)\n\nvar token = "«x»" // for now\n' },
      'package main\n\nimport (\n\t"os"\n)\n\nvar token = os.Getenv("TIR_API_TOKEN") // for now\n',
    ],
    [
      'Go: the one constant of a group',
      { language: 'go', text: 'package main\n\nimport "os"\n\nconst (\n\ttoken = "«x»"\n)\n' },
      'package main\n\nimport "os"\n\nvar (\n\ttoken = os.Getenv("TIR_API_TOKEN")\n)\n',
    ],
    [
      'Go: a constant is taken out of its group',
      { language: 'go', text: 'package main\n\nimport "os"\n\nconst (\n\ta = 1\n\ttoken = "«x»"\n\tb = 2\n)\n' },
      'package main\n\nimport "os"\n\nconst (\n\ta = 1\n)\n\nvar (\n\ttoken = os.Getenv("TIR_API_TOKEN")\n)\n\nconst (\n\tb = 2\n)\n',
    ],
    [
      'Go: a constant at the end of a group',
      { language: 'go', text: 'package main\n\nimport "os"\n\nconst (\n\ta = 1\n\ttoken = "«x»"\n)\n' },
      'package main\n\nimport "os"\n\nconst (\n\ta = 1\n)\n\nvar (\n\ttoken = os.Getenv("TIR_API_TOKEN")\n)\n',
    ],
    [
      'Go: in a group that counts it is the compiler that says what is left to do',
      { language: 'go', text: 'package main\n\nimport "os"\n\nconst (\n\ta = iota\n\ttoken = "«x»"\n)\n' },
      'package main\n\nimport "os"\n\nconst (\n\ta = iota\n\ttoken = os.Getenv("TIR_API_TOKEN")\n)\n',
    ],
    [
      'Go: a group of variables stays one',
      { language: 'go', text: 'package main\n\nimport "os"\n\nvar (\n\ta = 1\n\ttoken = "«x»"\n)\n' },
      'package main\n\nimport "os"\n\nvar (\n\ta = 1\n\ttoken = os.Getenv("TIR_API_TOKEN")\n)\n',
    ],
    [
      'Java',
      { language: 'java', text: '    request.setHeader("Authorization", "Bearer «x»");' },
      '    request.setHeader("Authorization", "Bearer " + System.getenv("TIR_API_TOKEN"));',
    ],
    [
      'Java: the whole text, and what follows it',
      {
        language: 'java',
        text: 'String url = "https://api.e2enetworks.com/?apikey=«x»&page=1";',
        name: 'E2E_TIR_API_KEY',
      },
      'String url = "https://api.e2enetworks.com/?apikey=" + System.getenv("E2E_TIR_API_KEY") + "&page=1";',
    ],
    [
      'Java: a text of several lines cannot read anything',
      { language: 'java', text: 'String a = """\n    Bearer «x»\n    """;' },
      'String a = """\n    Bearer <TIR_API_TOKEN>\n    """;',
    ],
    ['Java: nor can a comment', { language: 'java', text: 'int a; // "«x»"' }, 'int a; // "<TIR_API_TOKEN>"'],
    ['YAML', { language: 'yaml', text: 'env:\n  TIR_API_TOKEN: «x»' }, 'env:\n  TIR_API_TOKEN: ${TIR_API_TOKEN}'],
    ['YAML: in quotes', { language: 'yaml', text: 'token: "Bearer «x»"' }, 'token: "Bearer ${TIR_API_TOKEN}"'],
    [
      'YAML: a map on one line stays one',
      { language: 'yaml', text: 'env: { TIR_API_TOKEN: «x» }' },
      'env: { TIR_API_TOKEN: "${TIR_API_TOKEN}" }',
    ],
    ['YAML: a comment', { language: 'yaml', text: 'a: b # «x»' }, 'a: b # <TIR_API_TOKEN>'],
    [
      "YAML: a workflow has its platform's secrets",
      { language: 'yaml', path: 'home/.github/workflows/a.yml', text: 'TIR_API_TOKEN: «x»' },
      'TIR_API_TOKEN: ${{ secrets.TIR_API_TOKEN }}',
    ],
    ['JSON', { language: 'json', text: '{ "token": "«x»" }' }, '{ "token": "${TIR_API_TOKEN}" }'],
    [
      "JSON: the editor's files have the editor's variables",
      { language: 'jsonc', path: 'a/.vscode/launch.json', text: '{ "env": { "TIR_API_TOKEN": "«x»" } }' },
      '{ "env": { "TIR_API_TOKEN": "${env:TIR_API_TOKEN}" } }',
    ],
    [
      'JSON: a development container takes it from outside',
      { language: 'jsonc', path: 'a/.devcontainer/devcontainer.json', text: '"TIR_API_TOKEN": "«x»"' },
      '"TIR_API_TOKEN": "${localEnv:TIR_API_TOKEN}"',
    ],
    ['dotenv', { language: 'plaintext', path: 'a/.env.local', text: 'KEY=«x»' }, 'KEY=${TIR_API_TOKEN}'],
    [
      'dotenv: single quotes would keep it from being read',
      { language: 'properties', path: '.env', text: "export KEY='«x»'" },
      'export KEY="${TIR_API_TOKEN}"',
    ],
    [
      'Dockerfile: no instruction leaves it in the image',
      { language: 'dockerfile', text: 'FROM a\nENV TIR_API_TOKEN=«x»' },
      'FROM a\n# docker run --env TIR_API_TOKEN',
    ],
    [
      'Dockerfile: a step gets it for itself, where its command begins',
      { language: 'dockerfile', text: 'RUN apt-get update && \\\n  curl -H "Authorization: Bearer «x»" a' },
      'RUN --mount=type=secret,id=TIR_API_TOKEN,env=TIR_API_TOKEN apt-get update && \\\n  curl -H "Authorization: Bearer $TIR_API_TOKEN" a',
    ],
    [
      'Python: a constant, its import past the text of the file',
      { language: 'python', text: '"""What it does.\n\nAnd how.\n"""\n\nTOKEN = \'«x»\'' },
      '"""What it does.\n\nAnd how.\n"""\n\nimport os\nTOKEN = os.environ["TIR_API_TOKEN"]',
    ],
    [
      'Python: bytes stay bytes',
      { language: 'python', text: 'import os, sys\nsend(b"Bearer «x»")' },
      'import os, sys\nsend(f"Bearer {os.environ[\'TIR_API_TOKEN\']}".encode())',
    ],
    [
      'Python: a format stays one',
      { language: 'python', text: 'import os\nurl = f"{base}/?apikey=«x»"', name: 'E2E_TIR_API_KEY' },
      'import os\nurl = f"{base}/?apikey={os.environ[\'E2E_TIR_API_KEY\']}"',
    ],
    [
      "Python: a notebook's line for a shell",
      { language: 'python', text: '!curl -H "Authorization: Bearer «x»" a' },
      '!curl -H "Authorization: Bearer $TIR_API_TOKEN" a',
    ],
    [
      'TypeScript: an attribute of JSX',
      { language: 'typescriptreact', path: 'a.tsx', text: '<Api token="«x»" />' },
      '<Api token={process.env.TIR_API_TOKEN} />',
    ],
    [
      'TypeScript: a template stays one',
      { language: 'typescript', text: 'fetch(`${base}?apikey=«x»&page=${page}`)', name: 'E2E_TIR_API_KEY' },
      'fetch(`${base}?apikey=${process.env.E2E_TIR_API_KEY}&page=${page}`)',
    ],
    [
      'shell: the name ends where the text goes on',
      { language: 'shellscript', text: 'echo "«x»abc"' },
      'echo "${TIR_API_TOKEN}abc"',
    ],
    ['a language that is not known', { language: 'rust', text: 'let a = "«x»";' }, 'let a = "<TIR_API_TOKEN>";'],
  ];
  for (const [what, source, fixed] of cases) {
    it(what, () => {
      assert.equal(fix(source), fixed);
    });
  }

  it('a comment is one in its language, and JSON has none', () => {
    assert.deepEqual(
      ['python', 'go', 'rust', 'markdown', 'jsonc', 'json'].map((language) => commentOf(language)?.[0]),
      ['#', '//', '//', '<!--', '//', undefined],
    );
  });
});
