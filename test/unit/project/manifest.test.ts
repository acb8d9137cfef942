import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import { commands } from '../../../src/commands/run';

interface Manifest {
  contributes: {
    commands: { command: string; title: string; category: string }[];
    configuration: { properties: Record<string, { scope: string; default: unknown }> };
  };
}

const read = async <T>(file: string) => JSON.parse(await readFile(file, 'utf8')) as T;

describe('package.json', () => {
  let manifest: Manifest;
  let texts: Record<string, string>;
  /** Commands without `tir.`. */
  let names: string[];
  before(async () => {
    manifest = await read('package.json');
    names = manifest.contributes.commands.flatMap(({ command }) => /^tir\.(\w+)$/.exec(command)?.[1] ?? []);
    texts = await read('package.nls.json');
  });

  it('has a text for every key, and a key for every text', () => {
    const used = new Set([...JSON.stringify(manifest).matchAll(/"%([\w.]+)%"/g)].map((match) => match[1]));
    assert.deepEqual([...used].sort(), Object.keys(texts).sort());
  });

  it('has exactly the commands of the code, with their titles and category', () => {
    const titles = new Map(
      Object.entries({
        signIn: 'Sign In…',
        signOut: 'Sign Out…',
        refresh: 'Refresh',
        createToken: 'Create Token…',
        deleteToken: 'Delete Token…',
        rotateToken: 'Rotate Token…',
        useToken: 'Use in Terminals',
        useTokenInFolder: 'Use in Folder…',
        stopUsingToken: 'Stop Using in Terminals',
        addTokenValue: 'Add Token Value…',
        copyToken: 'Copy Token',
        copyConfig: 'Copy as Config File',
        saveToEnvFile: 'Save to .env…',
        setGitHubSecret: 'Set as GitHub Actions Secret…',
        copySnippet: 'Copy Code Snippet…',
        openTerminal: 'Open Terminal with Token…',
        checkTerminal: 'Check Token in Terminal',
        giveToNotebook: 'Give Token to Notebook',
        setVariableNames: 'Set Extra Variable Names…',
        findUnusedTokens: 'Find Tokens Not Used Here…',
        sortTokens: 'Sort Tokens…',
        filterTokens: 'Filter Tokens…',
        clearFilter: 'Clear Filter',
        scanWorkspace: 'Find Leaked Tokens',
        showActivity: 'Show Token Activity',
        filterActivity: 'Filter Token Activity…',
        clearActivityFilter: 'Clear Token Activity Filter',
        exportActivity: 'Export Token Activity…',
        openExample: 'Open Example Script',
        copyDiagnostics: 'Copy Diagnostics',
        forgetEverything: 'Forget Everything on This Machine…',
      }),
    );
    for (const [name, title] of titles) {
      const command = manifest.contributes.commands.find((candidate) => candidate.command === `tir.${name}`);
      assert.equal(command && texts[command.title.slice(1, -1)], title, name);
      assert.equal(command?.category, 'TIR', name);
    }
    assert.equal(manifest.contributes.commands.length, titles.size);
    assert.deepEqual(names.sort(), Object.keys(commands).sort(), 'commands of package.json and of the code');
  });

  it('has only settings that src/base/settings.ts reads', async () => {
    const typed = await readFile('src/base/settings.ts', 'utf8');
    for (const name of Object.keys(manifest.contributes.configuration.properties)) {
      assert.ok(typed.includes(`'${name.replace('tir.', '')}'`), name);
    }
  });

  it('lets no workspace change where tokens are sent and other sensitive settings', () => {
    const { properties } = manifest.contributes.configuration;
    assert.equal(properties['tir.apiUrl']?.default, 'https://api.e2enetworks.com/myaccount/api/v1/gpu');
    for (const name of [
      'tir.apiUrl',
      'tir.requestTimeoutSeconds',
      'tir.export.enabled',
      'tir.authentication.enabled',
      'tir.clipboard.clearAfterSeconds',
      'tir.rotation.remindAfterDays',
      'tir.expiry.warnBeforeDays',
    ]) {
      assert.equal(properties[name]?.scope, 'application', name);
    }
  });
});
