import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

interface Manifest {
  contributes: {
    commands: { command: string; title: string; category: string }[];
    menus: Record<string, { command: string; when?: string }[]>;
    walkthroughs: { steps: { media: { svg: string; altText: string }; completionEvents: string[] }[] }[];
    configuration: { properties: Record<string, { scope: string; default: unknown }> };
  };
}

const read = async <T>(file: string) => JSON.parse(await readFile(file, 'utf8')) as T;

describe('package.json', () => {
  let manifest: Manifest;
  let texts: Record<string, string>;
  before(async () => {
    manifest = await read('package.json');
    texts = await read('package.nls.json');
  });

  it('has a text for every key, and a key for every text', () => {
    const used = new Set([...JSON.stringify(manifest).matchAll(/"%([\w.]+)%"/g)].map((match) => match[1]));
    assert.deepEqual([...used].sort(), Object.keys(texts).sort());
  });

  it('has every command of the public surface once in the palette', () => {
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
        setVariableNames: 'Set Extra Variable Names…',
        findUnusedTokens: 'Find Tokens Not Used Here…',
        sortTokens: 'Sort Tokens…',
        filterTokens: 'Filter Tokens…',
        clearFilter: 'Clear Filter',
        scanWorkspace: 'Find Leaked Tokens',
        showActivity: 'Show Token Activity',
        filterActivity: 'Filter Token Activity…',
        exportActivity: 'Export Token Activity…',
        openExample: 'Open Example Script',
        forgetEverything: 'Forget Everything on This Machine…',
      }),
    );
    const palette = manifest.contributes.menus['commandPalette'] ?? [];
    const hidden = new Set(palette.filter(({ when }) => when === 'false').map(({ command }) => command));
    for (const [name, title] of titles) {
      for (const id of [`tir.${name}`, `tir.menu.${name}`]) {
        const command = manifest.contributes.commands.find((candidate) => candidate.command === id);
        assert.equal(command && texts[command.title.slice(1, -1)], title, id);
        assert.equal(command?.category, 'TIR', id);
      }
      assert.ok(hidden.has(`tir.${name}`) && !hidden.has(`tir.menu.${name}`), name);
    }
    assert.equal(manifest.contributes.commands.length, 2 * titles.size);
  });

  it('has a walkthrough of five steps, each with a picture that takes its colours from the theme', async () => {
    const steps = manifest.contributes.walkthroughs[0]?.steps ?? [];
    assert.equal(steps.length, 5);
    for (const { media, completionEvents } of steps) {
      const picture = await readFile(media.svg, 'utf8');
      assert.match(picture, /var\(--vscode-editor-background/);
      // The editor's content security policy lets neither of them pass.
      assert.doesNotMatch(picture, /<script|<style|style=/);
      assert.ok(texts[media.altText.slice(1, -1)] && completionEvents.length > 0, media.svg);
    }
  });

  it('lets no workspace say where tokens are sent', () => {
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
