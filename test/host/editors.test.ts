import assert from 'node:assert/strict';

import * as vscode from 'vscode';

const minor = (version: string) => Number(/^\^?1\.(\d+)\./.exec(version)?.[1]);

describe('VS Code under test', () => {
  it('is the oldest version that package.json supports, or newer, as the suite requested', () => {
    const manifest = vscode.extensions.getExtension('tir-community.tir-tokens')!.packageJSON as {
      engines: { vscode: string };
    };
    const oldest = minor(manifest.engines.vscode);
    const here = minor(vscode.version);
    if (process.env['TIR_TEST_EDITOR'] === 'oldest') {
      assert.equal(here, oldest);
    } else {
      assert.ok(here > oldest, vscode.version);
    }
  });
});
