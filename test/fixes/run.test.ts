import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { transformSync } from 'esbuild';
import ts from 'typescript';

import { go, java } from './compiled';
import { describeLanguage, type Input, name, programOf, type Run, value } from './inputs';
import { javascript, jsx, typescript } from './javascript';
import { php, ruby, rust } from './others';
import { cells, python } from './python';
import { bash, dotenv, ownVariable, shell } from './shell';

const execute = promisify(execFile);
/** Debian's Python, which has Debian's packages. */
const systemPython = '/usr/bin/python3';

/** Runs each cell of standard input in a new IPython shell, as a notebook's kernel does. */
const ipython = `
import json, os, sys
from IPython.core.interactiveshell import InteractiveShell
for text, variables in json.load(sys.stdin):
    for name in ["${name}"]: os.environ.pop(name, None)
    os.environ.update(variables)
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(history_length=0)
    shell.run_cell(text)
    print(shell.user_ns.get("token"))
    print("-- end", flush=True)
`;

describe('programs in which a token was replaced, in', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tir-fixes-'));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  async function output(command: string, given: readonly string[], variables: object, input = ''): Promise<string> {
    const env = { ...process.env, GOCACHE: join(folder, 'cache'), IPYTHONDIR: folder, ...variables };
    const work = execute(command, given, { cwd: folder, env });
    // A program that reads no input may end first.
    work.child.stdin?.on('error', () => undefined).end(input);
    return (await work).stdout;
  }
  const variablesOf = (hasVariable: boolean) => (hasVariable ? { [name]: value } : {});

  /** @param toJavaScript what a bundler does to the text */
  const each =
    (file: string, command: string, given: readonly string[] = [], prepare = (text: string) => text): Run =>
    async (programs) => {
      const printed: string[] = [];
      for (const { text, hasVariable } of programs) {
        writeFileSync(join(folder, file), prepare(text));
        printed.push(await output(command, [...given, file], variablesOf(hasVariable)));
      }
      return printed;
    };
  const node = (loader: 'jsx' | 'ts') =>
    each('a.js', process.execPath, [], (text) => transformSync(text, { loader }).code);

  describeLanguage('Python', 'python', 'a.py', python, each('a.py', systemPython));
  describeLanguage('a notebook', 'python', 'a.ipynb', cells, async (programs) => {
    const given = programs.map(({ text, hasVariable }) => [text, variablesOf(hasVariable)]);
    const printed = await output(systemPython, ['-c', ipython], {}, JSON.stringify(given));
    return printed.split('-- end\n').slice(0, programs.length);
  });
  describeLanguage('JavaScript', 'javascript', 'a.js', javascript, node('jsx'));
  describeLanguage('TypeScript', 'typescript', 'a.ts', typescript, node('ts'));
  describeLanguage('Go', 'go', 'main.go', go, async (programs) => {
    writeFileSync(join(folder, 'go.mod'), 'module a\n\ngo 1.19\n');
    mkdirSync(join(folder, 'bin'));
    for (const [index, { text }] of programs.entries()) {
      mkdirSync(join(folder, `program${index}`));
      writeFileSync(join(folder, `program${index}`, 'main.go'), text);
    }
    await output('go', ['build', '-o', 'bin/', './...'], { GOFLAGS: '-mod=mod', GOPROXY: 'off' });
    const run = ({ hasVariable }: { hasVariable: boolean }, index: number) =>
      output(join(folder, 'bin', `program${index}`), [], variablesOf(hasVariable));
    return Promise.all(programs.map(run));
  });
  describeLanguage('Java', 'java', 'A.java', java, async (programs) => {
    const classes = programs.map(({ hasVariable }, index) => `${hasVariable ? 'After' : 'Before'}${index}`);
    for (const [index, { text }] of programs.entries()) {
      writeFileSync(join(folder, `${classes[index]}.java`), text.replace('class A ', `class ${classes[index]} `));
    }
    const run =
      'for (String name : names) { Class.forName(name).getDeclaredMethod("main", String[].class)' +
      '.invoke(null, (Object) new String[0]); System.out.println("-- end"); }';
    const all = `class All { public static void main(String[] names) throws Exception { ${run} } }`;
    writeFileSync(join(folder, 'All.java'), all);
    await output('javac', ['-nowarn', 'All.java', ...classes.map((one) => `${one}.java`)], {});
    // The variable is set or not for a whole process.
    const printed = new Map<string, string>();
    for (const hasVariable of [false, true]) {
      const names = classes.filter((_, index) => programs[index]?.hasVariable === hasVariable);
      const parts = (await output('java', ['-cp', '.', 'All', ...names], variablesOf(hasVariable))).split('-- end\n');
      names.forEach((one, index) => printed.set(one, parts[index] ?? ''));
    }
    return classes.map((one) => printed.get(one) ?? '');
  });
  describeLanguage('sh', 'shellscript', 'a.sh', shell, each('a.sh', 'sh'));
  describeLanguage('bash', 'shellscript', 'a.sh', [...shell, ...bash], each('a.sh', 'bash'));
  /** Prints variables that a `.env` file sets. */
  const variablesIn = (names: string) => each('a.env', 'sh', ['-c', `set -a; . "./$0"; env | grep -E "^(${names})="`]);
  describeLanguage('a .env file that a shell reads', 'dotenv', '.env', dotenv, variablesIn('A|OTHER'));
  describeLanguage("a .env file's own variable", 'dotenv', '.env', ownVariable, variablesIn(name));
  describeLanguage('Ruby', 'ruby', 'a.rb', ruby, each('a.rb', 'ruby'));
  describeLanguage('PHP', 'php', 'a.php', php, each('a.php', 'php'));
  describeLanguage('Rust', 'rust', 'a.rs', rust, async (programs) => {
    const printed: string[] = [];
    for (const { text } of programs) {
      writeFileSync(join(folder, 'a.rs'), text);
      await output('rustc', ['-A', 'warnings', 'a.rs'], {});
      printed.push(await output(join(folder, 'a'), [], {}));
    }
    return printed;
  });

  it('strict TypeScript have the right types', async () => {
    const types =
      'declare const React: { createElement(...parts: unknown[]): string };\n' +
      'declare namespace JSX { interface IntrinsicElements { [name: string]: object } }';
    writeFileSync(join(folder, 'types.d.ts'), types);
    const inputs: readonly Input[] = [...typescript, ...javascript.filter(([, what]) => what.includes('JSX'))];
    const files = [join(folder, 'types.d.ts')];
    for (const [index, input] of inputs.entries()) {
      const isJsx = input[1].includes('JSX');
      const { after } = await programOf(isJsx ? 'typescriptreact' : 'typescript', isJsx ? 'a.tsx' : 'a.ts', input);
      const file = join(folder, `a${index}.${isJsx ? 'tsx' : 'ts'}`);
      writeFileSync(file, `${after.replace(jsx, '')}\nexport {};\n`);
      files.push(file);
    }
    const program = ts.createProgram(files, {
      ...{ strict: true, noEmit: true, skipLibCheck: true, jsx: ts.JsxEmit.React, types: ['node'] },
      ...{ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      typeRoots: [join(process.cwd(), 'node_modules', '@types')],
    });
    const problems = ts.getPreEmitDiagnostics(program);
    assert.deepEqual(
      problems.map((one) => `${one.file?.text}: ${ts.flattenDiagnosticMessageText(one.messageText, '')}`),
      [],
    );
  });
});
