import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';

import { commands } from '../../../src/commands/run';

/** By the kind of a theme. */
type Pictures = Readonly<Record<'light' | 'dark' | 'hc' | 'hcLight', string>>;

/** Buttons of the page and the view that the commands before them open. */
const inPage: readonly string[] = ['filterActivity', 'exportActivity', 'clearFilter'];

interface Manifest {
  contributes: {
    commands: { command: string; title: string; category: string }[];
    menus: Record<string, { command: string; when?: string }[]>;
    walkthroughs: { steps: { media: { image: Pictures; altText: string }; completionEvents: string[] }[] }[];
    configuration: { properties: Record<string, { scope: string; default: unknown }> };
  };
}

const read = async <T>(file: string) => JSON.parse(await readFile(file, 'utf8')) as T;

describe('package.json', () => {
  let manifest: Manifest;
  let texts: Record<string, string>;
  /** Of the commands, behind `tir.`. */
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
    for (const [name, title] of titles) {
      const command = manifest.contributes.commands.find((candidate) => candidate.command === `tir.${name}`);
      assert.equal(command && texts[command.title.slice(1, -1)], title, name);
      assert.equal(command?.category, 'TIR', name);
    }
    assert.equal(manifest.contributes.commands.length, titles.size);
    assert.deepEqual(names.sort(), Object.keys(commands).sort(), 'what runs and what package.json lists');
  });

  it('has a walkthrough of five steps, each with a picture for light themes and one for dark ones', async () => {
    const steps = manifest.contributes.walkthroughs[0]?.steps ?? [];
    assert.equal(steps.length, 5);
    for (const { media, completionEvents } of steps) {
      const { light, dark, hc, hcLight } = media.image;
      assert.deepEqual([hc, hcLight], [dark, light]);
      assert.match(light, /-light\.png$/);
      assert.ok(texts[media.altText.slice(1, -1)] && completionEvents.length > 0, light);
    }
    // Each that the script takes, and no other: what it does not take is not up to date.
    const pictures = steps.flatMap(({ media }) => [media.image.light, media.image.dark]).map((file) => basename(file));
    assert.deepEqual((await readdir('media/walkthrough')).sort(), pictures.sort());
    const script = await readFile('test/ui/walkthroughPictures.ts', 'utf8');
    const taken = [...script.matchAll(/^ {2}async '?([\w-]+)'?\(/gm)].map(([, step]) => step);
    assert.deepEqual(taken.flatMap((step) => [`${step}-dark.png`, `${step}-light.png`]).sort(), pictures);
  });

  it('has each setting in the settings that are typed, and in the table of the README with its default', async () => {
    const typed = await readFile('src/base/settings.ts', 'utf8');
    const readme = await readFile('README.md', 'utf8');
    for (const [name, { default: given }] of Object.entries(manifest.contributes.configuration.properties)) {
      assert.ok(typed.includes(`'${name.replace('tir.', '')}'`), `${name} is not read in src/base/settings.ts`);
      const row = readme.split('\n').find((line) => line.startsWith(`| \`${name}\` `)) ?? '';
      const value = row.split('|')[2]?.trim().replaceAll('`', '');
      assert.equal(value, Array.isArray(given) ? JSON.stringify(given) : String(given), `${name} in README.md`);
    }
  });

  it('has every command in the table of the README', async () => {
    const readme = await readFile('README.md', 'utf8');
    const rows = [...readme.matchAll(/^\| ([A-Z][^|]*[^| ]) +\| /gm)].flatMap(([, cell]) => cell?.split(' / ') ?? []);
    for (const name of names.filter((one) => !inPage.includes(one))) {
      assert.ok(rows.includes(texts[`command.${name}`] ?? ''), `${name} in README.md`);
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
