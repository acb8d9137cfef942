import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { parse } from 'yaml';

import { root } from '../../../scripts/root.mjs';
import { snippetLanguages } from '../../../src/snippets/completions';
import {
  type Kind,
  kinds,
  type SnippetProject,
  placeholder,
  snippetOf,
  unknownProject,
} from '../../../src/snippets/snippets';
import { Emulator, type PlatformToken } from '../../emulator/emulator';
import { expectedSnippets } from '../../support/expectedSnippets';

const call = promisify(execFile);

/** Stands in for the TIR Python SDK. Prints whether it finds the credentials, never the values. */
const sdk = `import os
def init():
    token, key = os.environ["E2E_TIR_ACCESS_TOKEN"], os.environ["E2E_TIR_API_KEY"]
    others = [os.environ.get("E2E_TIR_" + name) for name in ("PROJECT_ID", "LOCATION", "TEAM_ID")]
    print(token == os.environ["TIR_API_TOKEN"], len(key) > 0, *others)
`;

/** Stand in for the OpenAI packages. Their answers name what they were given, except the token. */
const openaiInPython = `import os
from types import SimpleNamespace as Some
def OpenAI(api_key, base_url):
    def create(model, messages):
        content = f"{api_key == os.environ['TIR_API_TOKEN']} {base_url} {model}"
        return Some(choices=[Some(message=Some(content=content))])
    return Some(chat=Some(completions=Some(create=create)))
`;
const openaiInJavaScript = `export default class {
  constructor({ apiKey = process.env.OPENAI_API_KEY, baseURL }) {
    const key = apiKey === '' ? 'none' : apiKey === process.env.TIR_API_TOKEN ? 'token' : 'other';
    const create = async ({ model }) => ({ choices: [{ message: { content: [key, baseURL, model].join(' ') } }] });
    this.chat = { completions: { create } };
  }
}
`;

describe('snippets', () => {
  it('are offered only in languages that completions are registered for', () => {
    for (const kind of kinds) {
      for (const { language } of snippetOf(kind).where) {
        assert.ok(
          snippetLanguages.some((one) => one === language),
          `${kind}: ${language}`,
        );
      }
    }
  });

  let emulator: Emulator;
  let self: PlatformToken;
  let folder: string;
  before(async () => {
    emulator = await Emulator.start();
    self = emulator.seed('dev-laptop');
  });
  after(() => emulator.stop());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tir-snippets-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const place = (given: Partial<SnippetProject> = {}): SnippetProject => ({
    projectId: 4711,
    location: 'Delhi',
    apiUrl: emulator.apiUrl,
    ...given,
  });
  const text = (kind: Kind, given?: Partial<SnippetProject>) => snippetOf(kind).text(place(given));
  const write = (file: string, content: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content);
    return join(folder, file);
  };
  /** Runs a program with the token in its environment. Resolves to its output, or rejects with its exit code. */
  const run = async (program: string, args: string[], more: NodeJS.ProcessEnv = {}) => {
    const env = { PATH: process.env['PATH'], HOME: folder, TIR_API_TOKEN: self.value, ...more };
    const { stdout } = await call(program, args, { cwd: folder, env });
    return stdout.trim();
  };
  const withKey = () => ({ E2E_TIR_API_KEY: self.apiKey });

  it('are exactly those in snippets.md', () => {
    assert.deepEqual(new Map(kinds.map((kind) => [kind, text(kind)])), expectedSnippets(root, emulator.apiUrl));
  });

  it('name the variable, and have no values and no undefined parts', () => {
    for (const kind of kinds) {
      const code = text(kind);
      assert.match(code, /TIR_API_TOKEN/, kind);
      assert.doesNotMatch(code, /undefined|\[object|eyJ/, kind);
      assert.ok(!code.includes(self.value) && !code.includes(self.apiKey), kind);
      assert.ok(code.endsWith('\n') && !/[ \t]$/m.test(code), kind);
    }
  });

  it('have placeholders only for what is unknown', () => {
    const found = (kind: Kind, given?: Partial<SnippetProject>) => [
      ...new Set(text(kind, given).match(placeholder) ?? []),
    ];
    assert.deepEqual(found('curl'), []);
    assert.deepEqual(found('curl', unknownProject), ['<project id>', '<location>']);
    assert.deepEqual(found('openai-js'), ['<model>']);
    assert.deepEqual(found('dockerfile'), ['<command>']);
  });

  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const find = (program: string) => folders.map((each) => join(each, program)).find((file) => existsSync(file));
  // zsh isn't installed everywhere.
  for (const shell of ['sh', 'bash', 'zsh'].filter(find)) {
    it(`curl: runs in ${shell}, with the token in no argument`, async () => {
      const seen = join(folder, 'arguments');
      write('bin/curl', `#!/bin/sh\nprintf '%s\\n' "$@" > '${seen}'\nexec '${find('curl')}' "$@"\n`);
      chmodSync(join(folder, 'bin/curl'), 0o755);
      const PATH = `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`;
      const status = (code: string, more: NodeJS.ProcessEnv = {}) => run(shell, ['-c', code], { PATH, ...more });
      assert.equal(await status(text('curl'), withKey()), '200');
      assert.equal(readFileSync(seen, 'utf8'), '--config\n-\n');
      assert.equal(await status(text('curl', { apiUrl: `${emulator.bearerOnlyUrl}/` })), '200');
      // The API reference's base URL answers 500 without an API key, and 403 for another account's project.
      await assert.rejects(status(text('curl')), { code: 22, stdout: '500\n' });
      await assert.rejects(status(text('curl', { activeIam: 7 }), withKey()), { code: 22, stdout: '403\n' });
    });
  }

  it('python-requests: runs in Python, and no error quotes the API key', async () => {
    // Stands in for the parts of `requests` that are called. The package isn't installed everywhere.
    write(
      'requests.py',
      `from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

class Response:
    def __init__(self, answer):
        self.status_code, self.reason = answer.status, answer.reason

def get(url, headers, params, timeout):
    query = urlencode({name: value for name, value in params.items() if value is not None})
    try:
        return Response(urlopen(Request(url + '?' + query, headers=headers), timeout=timeout))
    except HTTPError as answer:
        return Response(answer)
`,
    );
    const status = (given?: Partial<SnippetProject>, more?: NodeJS.ProcessEnv) =>
      run('python3', [write('snippet.py', text('python-requests', given))], more);
    assert.equal(await status({}, withKey()), '200 OK');
    assert.equal(await status({ apiUrl: emulator.bearerOnlyUrl }), '200 OK');
    assert.equal(await status({ activeIam: 7 }, withKey()), '403 Forbidden');
    assert.equal(await status(), '500 Internal Server Error');
  });

  it('python-sdk: finds in the environment what the SDK reads', async () => {
    write('e2enetworks/cloud/tir.py', sdk);
    const output = (given?: Partial<SnippetProject>, more?: NodeJS.ProcessEnv) =>
      run('python3', [write('snippet.py', text('python-sdk', given))], { ...withKey(), ...more });
    assert.equal(await output(), 'True True 4711 Delhi None');
    assert.equal(await output({ teamId: 7 }), 'True True 4711 Delhi 7');
    assert.equal(await output({ teamId: 7 }, { E2E_TIR_LOCATION: 'Chennai' }), 'True True 4711 Chennai 7');
  });

  it('openai-python: gives the client the token and the URL of the model', async () => {
    write('openai.py', openaiInPython);
    const output = await run('python3', [write('snippet.py', text('openai-python'))]);
    assert.equal(output, 'True https://infer.e2enetworks.net/project/p-4711/genai/<model>/v1 <model>');
  });

  it('openai-js: gives the client the token and the URL of the model, and never another key', async () => {
    write('node_modules/openai/package.json', '{ "type": "module", "exports": "./index.js" }');
    write('node_modules/openai/index.js', openaiInJavaScript);
    const script = write('snippet.mjs', text('openai-js'));
    const address = 'https://infer.e2enetworks.net/project/p-4711/genai/<model>/v1 <model>';
    assert.equal(await run(process.execPath, [script]), `token ${address}`);
    const without = { TIR_API_TOKEN: undefined, OPENAI_API_KEY: 'another' };
    assert.equal(await run(process.execPath, [script], without), `none ${address}`);
  });

  it('github-actions: is one step that takes the values from secrets, and its script runs', async () => {
    const [step, ...others] = parse(text('github-actions')) as { name: string; env: object; run: string }[];
    assert.deepEqual(others, []);
    assert.deepEqual(step?.env, {
      TIR_API_TOKEN: '${{ secrets.TIR_API_TOKEN }}',
      E2E_TIR_API_KEY: '${{ secrets.E2E_TIR_API_KEY }}',
    });
    assert.equal(await run('bash', ['-e', write('step.sh', step.run)], withKey()), '200');
    // A secret that isn't set is empty, and an empty API key counts as none.
    await assert.rejects(run('bash', ['-e', join(folder, 'step.sh')], { TIR_API_TOKEN: '' }), /is not set/);
    const { run: script } = (
      parse(text('github-actions', { apiUrl: emulator.bearerOnlyUrl })) as { run: string }[]
    )[0]!;
    assert.equal(await run('bash', ['-e', write('step.sh', script)], { E2E_TIR_API_KEY: '' }), '200');
  });

  it('gitlab-ci: is one job, and its script runs', async () => {
    const { 'check-tir-token': job, ...others } = parse(text('gitlab-ci')) as {
      'check-tir-token': { script: string[] };
    };
    assert.deepEqual(others, {});
    assert.equal(await run('sh', ['-e', write('job.sh', job.script.join('\n'))], withKey()), '200');
  });

  it('dockerfile: mounts the secret in one instruction, and sets the variable for its command and the words of it', async () => {
    const lines = text('dockerfile').split('\n');
    assert.match(
      lines.find((line) => line.includes('docker build')) ?? '',
      /--secret id=TIR_API_TOKEN,env=TIR_API_TOKEN/,
    );
    // As Docker reads it: without comments, and with lines joined after a backslash.
    const code = lines.filter((line) => !line.startsWith('#')).join('\n');
    const instructions = code
      .replace(/\\\n\s*/g, '')
      .split('\n')
      .filter(Boolean);
    const [, id, command] = /^RUN --mount=type=secret,id=(\w+),required=true (.+)$/.exec(instructions.join('\n')) ?? [];
    assert.equal(id, 'TIR_API_TOKEN');
    const script = (command ?? '')
      .replace('/run/secrets/TIR_API_TOKEN', write('secret', self.value))
      .replace(
        '<command>',
        `printf %s "$TIR_API_TOKEN" | cmp - secret && sh -c 'printf %s "$TIR_API_TOKEN" | cmp - secret' && echo same`,
      );
    assert.equal(await run('sh', ['-c', script], { TIR_API_TOKEN: undefined }), 'same');
  });

  it("jupyter: takes the kernel's token, or asks for one", () => {
    // Without a terminal, getpass asks on standard error and reads standard input.
    const cell = `import os\nos.setsid()\n${text('jupyter')}\nimport sys\nprint(headers["Authorization"] == "Bearer " + open("secret").read(), file=sys.stderr)\n`;
    write('secret', self.value);
    const script = write('cell.py', cell);
    const ended = (more: NodeJS.ProcessEnv, typed: string) => {
      const env = { PATH: process.env['PATH'], ...more };
      return spawnSync('python3', [script], { cwd: folder, env, input: typed }).stderr.toString();
    };
    assert.equal(ended({ TIR_API_TOKEN: self.value }, ''), 'True\n');
    assert.match(ended({}, `${self.value}\n`), /True\n$/);
  });
});
