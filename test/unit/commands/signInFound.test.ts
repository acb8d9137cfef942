import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import * as vscode from 'vscode';

import { findTokens, tellOfPlainCopy, valueMatcher } from '../../../src/commands/signInFound';
import { newValue } from '../../emulator/platform';
import { Person } from '../../support/person';
import { commandsRun, restoreReplaced } from '../../support/widgets';

describe('tokens found on this machine', () => {
  const workspace = vscode.workspace.workspaceFolders![0]!.uri.fsPath;
  const env = join(workspace, '.env');
  let home: string;
  let person: Person;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'tir-home-'));
    person = new Person();
  });
  afterEach(() => {
    person.leave();
    rmSync(home, { recursive: true });
    rmSync(env, { force: true });
  });

  const writeConfig = (text: string) => {
    const file = join(home, '.e2e', 'config.json');
    mkdirSync(dirname(file));
    writeFileSync(file, text);
    return file;
  };

  it('come from the environment, .env files and the file of e2ectl, with what stands beside them', async () => {
    const [ofEnvironment, ofFile, ofConfig] = [newValue(), newValue(), newValue()];
    const [key, otherKey] = [randomUUID(), randomUUID()];
    writeFileSync(env, `# ours\nOTHER=1\nexport TIR_API_TOKEN="${ofFile}"\nE2E_TIR_PROJECT_ID=4711\n`);
    const file = writeConfig(JSON.stringify({ work: { api_key: key, api_auth_token: ofConfig } }));
    const found = await findTokens({ E2E_AUTH_TOKEN: ofEnvironment, E2E_TIR_API_KEY: otherKey, PATH: '/bin' }, home);
    assert.deepEqual(
      found.map(({ pasted, source }) => ({ pasted, source })),
      [
        {
          pasted: { token: ofEnvironment, apiKey: otherKey },
          source: { kind: 'environment', variable: 'E2E_AUTH_TOKEN' },
        },
        { pasted: { token: ofFile, projectId: 4711 }, source: { kind: 'env', file: env } },
        { pasted: { token: ofConfig, apiKey: key }, source: { kind: 'file', file } },
      ],
    );
    const shown = JSON.stringify(found.map(({ label, detail }) => [label, detail]));
    assert.equal(
      [ofEnvironment, ofFile, ofConfig, key, otherKey].some((value) => shown.includes(value)),
      false,
    );
    assert.match(shown, /E2E_AUTH_TOKEN.*TIR_API_TOKEN.*work/);
  });

  it("leave out other vendors' tokens, references, and files that are none", async () => {
    const issuer = Buffer.from(JSON.stringify({ iss: 'https://other.example.com/' })).toString('base64url');
    const foreign = `eyJhbGciOiJub25lIn0.${issuer}.x`;
    const details = async (environment: Record<string, string>, folder = home) =>
      (await findTokens(environment, folder)).map(({ detail }) => detail);
    assert.deepEqual(await details({ E2E_TOKEN: 'end-to-end-secret', E2E_AUTH_TOKEN: foreign }), []);
    const other = { OPENAI_API_KEY: `sk-${randomUUID()}`, GITHUB_TOKEN: newValue(), E2E_API_KEY: randomUUID() };
    writeFileSync(env, `LITELLM_API_KEY=${foreign}\nTIR_API_TOKEN=\${OPENAI_API_KEY}\n`);
    writeConfig('{');
    assert.deepEqual(await details(other), []);
    assert.deepEqual(await details({}, join(home, 'nowhere')), []);
  });

  it('come from variables of inference code if TIR issued them', async () => {
    for (const variable of ['OPENAI_API_KEY', 'LITELLM_API_KEY', 'E2E_API_KEY', 'E2E_NETWORKS_API_KEY']) {
      const [found] = await findTokens({ [variable]: newValue() }, home);
      assert.equal(found?.detail, variable);
    }
  });

  it("come from e2ectl's own file, with the project", async () => {
    const profile = { api_key: randomUUID(), auth_token: newValue(), default_project_id: '4711' };
    writeConfig(JSON.stringify({ default: 'work', profiles: { work: profile, broken: { auth_token: 1 } } }));
    const found = await findTokens({}, home);
    assert.deepEqual(
      found.map(({ detail, pasted }) => [detail, pasted.projectId]),
      [['work', 4711]],
    );
  });

  it('are none in a workspace that is not trusted', async () => {
    const { isTrusted } = vscode.workspace;
    const workspaceApi = vscode.workspace as { isTrusted: boolean };
    workspaceApi.isTrusted = false;
    try {
      assert.deepEqual(await findTokens({ TIR_API_TOKEN: newValue() }, home), []);
    } finally {
      workspaceApi.isTrusted = isTrusted;
    }
  });

  it('are named by their place alone for the welcome text, as of the last search', async () => {
    const ran = commandsRun();
    try {
      writeFileSync(env, `TIR_API_TOKEN=${newValue()}\n`);
      await findTokens({}, home);
      rmSync(env);
      await findTokens({}, home);
      assert.deepEqual(ran, [
        ['setContext', 'tir.foundToken', 'env'],
        ['setContext', 'tir.foundToken', undefined],
      ]);
    } finally {
      restoreReplaced();
    }
  });

  it('are left out if they have expired, and hide no other one', async () => {
    const [expired, valid] = [newValue(Date.now() - 366 * 24 * 60 * 60 * 1000), newValue()];
    writeFileSync(env, `TIR_API_TOKEN=${expired}\nE2E_AUTH_TOKEN=${valid}\n`);
    writeConfig(JSON.stringify({ old: { api_key: randomUUID(), api_auth_token: expired } }));
    const found = await findTokens({ TIR_API_TOKEN: expired }, home);
    assert.deepEqual(
      found.map(({ detail }) => detail),
      ['E2E_AUTH_TOKEN'],
    );
  });

  it('can be taken out of .env after the sign-in, and nothing else with them', async () => {
    const token = newValue();
    writeFileSync(env, `A=1\nTIR_API_TOKEN=${token}\nE2E_TIR_ACCESS_TOKEN='${token}'\nB=2\n`);
    await tellOfPlainCopy({ kind: 'env', file: env }, valueMatcher(token));
    assert.match(readFileSync(env, 'utf8'), /TIR_API_TOKEN/, 'nothing is removed without the button');
    person.clicks = 'Remove from .env';
    await tellOfPlainCopy({ kind: 'env', file: env }, valueMatcher(token));
    assert.equal(readFileSync(env, 'utf8'), 'A=1\nB=2\n');
    writeFileSync(env, `TIR_API_TOKEN="Bearer ${token}"\n`);
    await tellOfPlainCopy({ kind: 'env', file: env }, valueMatcher(token));
    assert.equal(readFileSync(env, 'utf8'), '');
    await assert.rejects(tellOfPlainCopy({ kind: 'env', file: env }, valueMatcher(token)), { code: 'not-found' });
    assert.match(person.read[0]?.message ?? '', /^The token is also in plain text in .*\.env\.$/);
  });

  it('are taken out of .env with their API key, unless another token is there', async () => {
    person.clicks = 'Remove from .env';
    const [token, other] = [newValue(), newValue()];
    const key = `E2E_TIR_API_KEY=${randomUUID()}\n`;
    writeFileSync(env, `TIR_API_TOKEN=${token}\nE2E_TIR_ACCESS_TOKEN=${other}\n${key}`);
    await tellOfPlainCopy({ kind: 'env', file: env }, valueMatcher(token));
    assert.equal(readFileSync(env, 'utf8') === `E2E_TIR_ACCESS_TOKEN=${other}\n${key}`, true);
    await tellOfPlainCopy({ kind: 'env', file: env }, valueMatcher(other));
    assert.equal(readFileSync(env, 'utf8') === '', true);
  });

  it('are said to stand elsewhere if they came from the environment or another file', async () => {
    await tellOfPlainCopy({ kind: 'environment', variable: 'TIR_API_TOKEN' }, valueMatcher(newValue()));
    await tellOfPlainCopy({ kind: 'file', file: '/home/someone/Downloads/config.json' }, valueMatcher(newValue()));
    const [ofEnvironment, ofFile] = person.read.map(({ message }) => message);
    assert.match(ofEnvironment ?? '', /where TIR_API_TOKEN is set, such as your shell's start-up file/);
    assert.match(ofFile ?? '', /in plain text in .*config\.json/);
  });
});
