import assert from 'node:assert/strict';

import { parse, type ParseError } from 'jsonc-parser';

import * as vscode from 'vscode';

import { applyEdits } from '../../../src/rewrite/replacement';
import { replacementInVscodeFile } from '../../../src/rewrite/vscodeFiles';
import { marked } from './marked';

/** Returns a file with the value between guillemets replaced. */
function fix(path: string, text: string, name = 'TIR_API_TOKEN'): string | undefined {
  const site = { ...marked(text), name, path };
  const found = replacementInVscodeFile(site);
  return found && applyEdits(site.text, found.edits);
}

const input = { type: 'promptString', id: 'tir-token', description: 'TIR API token', password: true };
const launchFile = 'a/.vscode/launch.json';

describe("a value in VS Code's own JSON files", () => {
  const json = (path: string, text: string, name?: string) => {
    const errors: ParseError[] = [];
    const read = parse(fix(path, text, name) ?? 'null', errors, { allowTrailingComma: true }) as unknown;
    assert.deepEqual(errors, [], text);
    return read;
  };

  it('is replaced with "tir": true in launch.json', () => {
    const configuration = (env: string) => `{"configurations": [{"type": "node", "request": "launch", "env": ${env}}]}`;
    const fixed = (env: object) => ({ configurations: [{ type: 'node', request: 'launch', env, tir: true }] });
    const cases: readonly (readonly [env: string, left: object])[] = [
      ['{"TIR_API_TOKEN": "«x»", "A": "b"}', { A: 'b' }],
      ['{"A": "b", "TIR_API_TOKEN": "«x»"}', { A: 'b' }],
      ['{"TIR_API_TOKEN": "«x»"}', {}],
      [
        '{\n  "PYTHONPATH": "${workspaceFolder}/src", // "env": {\n  "TIR_API_TOKEN": "«x»", /* mine */\n}',
        { PYTHONPATH: '${workspaceFolder}/src' },
      ],
      ['{\n  "A": "b"\n  , "TIR_API_TOKEN": "«x»"\n}', { A: 'b' }],
      ['\n{\n  // comment,\n  "TIR_API_TOKEN": "«x»"\n}', {}],
      ['{\n  "TIR_API_TOKEN": "«x»",\n}', {}],
      ['{"A": "b", "TIR_API_TOKEN": "«x»",}', { A: 'b' }],
    ];
    for (const [env, left] of cases) {
      assert.deepEqual(json(launchFile, configuration(env)), fixed(left), env);
    }
    for (const given of ['true', 'false']) {
      const text = `{"configurations": [{"request": "launch", "tir": ${given}, "env": {"TIR_API_TOKEN": "«x»"}}]}`;
      assert.deepEqual(json(launchFile, text), { configurations: [{ request: 'launch', tir: true, env: {} }] });
    }
    const launch = '{"configurations": [{"request": "launch", "env": {"TIR_API_TOKEN": "«x»"}}]}';
    const left = { configurations: [{ request: 'launch', env: {}, tir: true }] };
    assert.deepEqual(json('a.code-workspace', `{"folders": [], "launch": ${launch}}`), { folders: [], launch: left });
    assert.deepEqual(json('.vscode/settings.json', `{"launch": ${launch}}`), { launch: left });
  });

  it('is removed from tasks.json and devcontainer.json where terminals have the variable', () => {
    const tasks = '{"tasks": [{"options": {"env": {"TIR_API_TOKEN": "«x»"}}}]}';
    assert.deepEqual(json('a/.vscode/tasks.json', tasks), { tasks: [{ options: { env: {} } }] });
    assert.deepEqual(json('Code/User/tasks.json', tasks), { tasks: [{ options: { env: {} } }] });
    const linux = '{"linux": {"options": {"env": {"TIR_API_TOKEN": "«x»"}}}}';
    assert.deepEqual(json('a/.vscode/tasks.json', linux), { linux: { options: { env: {} } } });
    const setting = '{"terminal.integrated.env.linux": {"TIR_API_TOKEN": "«x»"}}';
    assert.deepEqual(json('.vscode/settings.json', setting), { 'terminal.integrated.env.linux': {} });
    assert.deepEqual(json('a.code-workspace', `{"settings": ${setting}, "tasks": {}}`), {
      ...{ settings: { 'terminal.integrated.env.linux': {} }, tasks: {} },
    });
    const key = '{"remoteEnv": {"E2E_TIR_API_KEY": "«x»"}}';
    assert.deepEqual(json('.devcontainer.json', key, 'E2E_TIR_API_KEY'), { remoteEnv: {} });
    for (const path of ['a/.devcontainer/devcontainer.json', '.devcontainer.json']) {
      assert.deepEqual(json(path, '{"remoteEnv": {"TIR_API_TOKEN": "«x»", "A": "b"}}'), { remoteEnv: { A: 'b' } });
    }
  });

  it('is removed with its line, and nothing else is', () => {
    const text = ['{"remoteEnv": {', '  "A": "b", // first', '  // of the token', '  "TIR_API_TOKEN": "«x»"', '}}'];
    const left = ['{"remoteEnv": {', '  "A": "b" // first', '  // of the token', '}}'];
    assert.equal(fix('.devcontainer.json', text.join('\n')), left.join('\n'));
    text[3] = `${text[3]}, // the token`;
    assert.equal(fix('.devcontainer.json', text.join('\n')), [...text.slice(0, 3), '   // the token', '}}'].join('\n'));
  });

  it('keeps a comment before its comma', () => {
    const text = '{"remoteEnv": {"TIR_API_TOKEN": "«x»" // mine\n, "A": "b"}}';
    assert.equal(fix('.devcontainer.json', text), '{"remoteEnv": { // mine\n "A": "b"}}');
  });

  it('stays in tasks.json where terminals get no token', async () => {
    const tasks = '{"tasks": [{"options": {"env": {"TIR_API_TOKEN": "«x»"}}}]}';
    const configuration = vscode.workspace.getConfiguration('tir');
    for (const [name, value] of [
      ['terminal.scope', 'chosen'],
      ['terminal.enabled', false],
    ] as const) {
      // prettier-ignore
      await configuration.update(name, value);
      assert.equal(fix('.vscode/tasks.json', tasks), undefined);
      await configuration.update(name, undefined);
    }
  });

  it('is asked for once in mcp.json, and kept encrypted', () => {
    const expected = { servers: { a: { env: { TIR_API_TOKEN: '${input:tir-token}' } } }, inputs: [input] };
    for (const path of ['.vscode/mcp.json', 'Code/User/mcp.json', 'Code/User/profiles/a1/mcp.json']) {
      assert.deepEqual(json(path, '{"servers": {"a": {"env": {"TIR_API_TOKEN": "«x»"}}}}'), expected);
      const given = '{\n// "inputs": [\n"inputs":\n  [],\n"servers": {"a": {"env": {"TIR_API_TOKEN": "«x»"}}}}';
      assert.deepEqual(json(path, given), expected);
    }
    const more = '{"inputs": [{"id": "b"}], "servers": {"tir-token": {"headers": {"Authorization": "Bearer «x»"}}}}';
    assert.deepEqual(json('.vscode/mcp.json', more), {
      inputs: [{ id: 'b' }, input],
      servers: { 'tir-token': { headers: { Authorization: 'Bearer ${input:tir-token}' } } },
    });
    // It may be of another token.
    const asked = `{"inputs": [${JSON.stringify(input)},], "servers": {"a": {"url": "«x»"}}}`;
    assert.deepEqual(json('.vscode/mcp.json', asked), {
      inputs: [input, { ...input, id: 'tir-token-2' }],
      servers: { a: { url: '${input:tir-token-2}' } },
    });
    const key = json('.vscode/mcp.json', '{"servers": {"a": {"env": {"E2E_TIR_API_KEY": "«x»"}}}}', 'E2E_TIR_API_KEY');
    assert.deepEqual(key, {
      servers: { a: { env: { E2E_TIR_API_KEY: '${input:tir-api-key}' } } },
      inputs: [{ ...input, id: 'tir-api-key', description: 'TIR API key' }],
    });
  });

  it('stays where nothing sets it, and in other files', () => {
    const placed: readonly (readonly [path: string, text: string])[] = [
      [launchFile, '{"configurations": [{"args": ["«x»"]}]}'],
      [launchFile, '{"configurations": [{"env": {"OPENAI_API_KEY": "«x»"}}]}'],
      [launchFile, '{"configurations": [{"env": {"TIR_API_TOKEN": "Bearer «x»"}}]}'],
      ['.vscode/tasks.json', '{"tasks": [{"command": "run «x»"}], "inputs": [{"default": "y"}]}'],
      ['.vscode/tasks.json', '{"tasks": [{"dockerRun": {"env": {"TIR_API_TOKEN": "«x»"}}}]}'],
      ['.devcontainer.json', '{"containerEnv": {"TIR_API_TOKEN": "«x»"}}'],
      ['.devcontainer.json', '{"remoteEnv": {"E2E_TIR_ACCESS_TOKEN": "«x»"}}'],
      ['.devcontainer.json', '{"remoteEnv": {"TIR_API_TOKEN": "x", "TIR_API_TOKEN": "«x»"}}'],
      ['.devcontainer.json', '{"remoteEnv": {"«x»": 1}}'],
      [launchFile, '{"configurations": [{"request": "attach", "env": {"TIR_API_TOKEN": "«x»"}}]}'],
      [
        launchFile,
        '{"configurations": [{"request": "launch", "console": "externalTerminal", "env": {"TIR_API_TOKEN": "«x»"}}]}',
      ],
      [launchFile, '{"configurations": [{"request": "launch", "env": {"TIR_API_TOKEN": "«x»"}}}'],
      ['.vscode/mcp.json', '{"inputs": {}, "servers": {"a": {"url": "«x»"}}}'],
      ['.vscode/mcp.json', '{"inputs": null, "servers": {"a": {"url": "«x»"}}}'],
      ['.vscode/mcp.json', '{"inputs": [{"default": "«x»"}], "servers": {}}'],
      ['.vscode/settings.json', '{"a": "«x»"}'],
      ['.vscode/mcp.json', '{"mcpServers": {"a": {"env": {"TIR_API_TOKEN": "«x»"}}}}'],
      ['.vscode/mcp.json', '{"servers": {} // «x»\n}'],
    ];
    for (const [path, text] of placed) {
      assert.equal(fix(path, text), undefined, text);
    }
    assert.equal(fix('a/config.json', '{"a": "«x»"}'), undefined);
    assert.equal(fix('.cursor/mcp.json', '{"mcpServers": {"a": "«x»"}}'), undefined);
  });
});
