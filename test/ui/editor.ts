import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { BrowserContext } from 'playwright-core';

import { openBrowser } from '../../scripts/browser.mjs';
import { consumer } from '../../scripts/build-tests.mjs';
import { root } from '../../scripts/root.mjs';
import { editors, installExtension, startServer, withHome } from '../../scripts/vscode-server.mjs';
import { Emulator } from '../emulator/emulator';
import type { Certificate } from '../emulator/platform';
import { noteSecrets } from '../support/noteSecrets';

/** Under which all that editor and browser write is kept until it has been searched for secrets. */
const atRest = process.env['TIR_TEST_AT_REST'] ?? mkdtempSync(join(tmpdir(), 'tir-tokens-ui-'));

/** Which editor the suite runs in. */
export const testedEditor = editors.find((editor) => editor === process.env['TIR_TEST_EDITOR']) ?? 'newest';

/** Those that screenshots are looked at in: for file names, as the editor calls it, and the class that it has under it. */
export const themes = [
  ['light', 'Light Modern', 'vs'],
  ['high-contrast', 'Dark High Contrast', 'hc-black'],
  ['high-contrast-light', 'Light High Contrast', 'hc-light'],
  ['dark', 'Dark Modern', 'vs-dark'],
] as const;

export interface Options {
  /** Ask whether the workspace is trusted, as an editor does that nobody told not to. */
  readonly askForTrust?: boolean;
  /** Names of the folders of a workspace that has several. */
  readonly folders?: readonly string[];
  readonly settings?: Record<string, unknown>;
  /** Name of the folder that is opened. */
  readonly folderName?: string;
  /** What is in it, by path. */
  readonly files?: Record<string, string>;
  /** What the API is known by; else it is `http:`. */
  readonly certificate?: Certificate;
  /** Beside what this process has. */
  readonly env?: Record<string, string>;
  /** The language of the editor, where it is not the browser's. */
  readonly locale?: string;
  /** Installs the extension that asks this one for tokens. */
  readonly withConsumer?: boolean;
  /** Has the extension and the settings in every profile, where the editor has them in its first one alone. */
  readonly inAllProfiles?: boolean;
  /** A file to run in place of the packaged one. */
  readonly bundle?: string;
}

/** What the windows of one editor share. */
export interface Editor {
  readonly emulator: Emulator;
  readonly url: string;
  /** What the address of the first window says behind the `?`. */
  readonly opened: string;
  /** Where the extension is installed. */
  readonly extension: string;
  /** The folder that the first window opens; where it opens several, the one that they are in. */
  readonly folder: string;
  readonly browser: BrowserContext;
  /** Ends all of it, and leaves the values that were made to the search for them. */
  readonly stop: () => Promise<void>;
}

/** @param name of the test file, for the folders of its editor and browser */
export async function startEditor(name: string, options: Options): Promise<Editor> {
  const { askForTrust = false, folders = [], settings = {}, locale, withConsumer = false, bundle } = options;
  const emulator = await Emulator.start(options.certificate);
  const dataDir = join(atRest, `ui-${name}-${testedEditor}-server`);
  const settingsFile = join(dataDir, 'User', 'settings.json');
  mkdirSync(dirname(settingsFile), { recursive: true });
  const allSettings = {
    'workbench.startupEditor': 'none',
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'chat.disableAIFeatures': true,
    // Or screenshots show what is still fading in.
    'workbench.reduceMotion': 'on',
    // Older editors ask before anything else can be done; newer ones say in a banner that they do not trust yet.
    'security.workspace.trust.startupPrompt': 'never',
    // Or the editor goes to a view of its own.
    'debug.openDebug': 'neverOpen',
    'tir.apiUrl': emulator.apiUrl,
    ...settings,
  };
  const shared = options.inAllProfiles && { 'workbench.settings.applyToAllProfiles': Object.keys(allSettings) };
  writeFileSync(settingsFile, JSON.stringify({ ...allSettings, ...shared }));
  const editor = { editor: testedEditor, env: withHome(join(dataDir, 'home'), { ...process.env, ...options.env }) };
  await installExtension(join(root, 'dist', 'tir-tokens.vsix'), dataDir, editor);
  if (locale !== undefined) {
    addLanguage(dataDir, locale);
  }
  if (withConsumer) {
    await installExtension(`${consumer}.vsix`, dataDir, editor);
  }
  const extensions = join(dataDir, 'extensions');
  const installed = readdirSync(extensions).find((name) => name.startsWith('tir-community.tir-tokens-'));
  const extension = join(extensions, installed ?? '');
  if (options.inAllProfiles) {
    applyToAllProfiles(extensions);
  }
  if (bundle !== undefined) {
    copyFileSync(bundle, join(extension, 'dist', 'extension.js'));
  }
  const server = await startServer(dataDir, {
    trustAll: !askForTrust,
    ...editor,
    ...(locale !== undefined && { locale }),
  });
  const browser = await openBrowser(join(atRest, `ui-${name}-${testedEditor}-browser`));
  // Generous: a machine may be busy with more than this.
  browser.setDefaultTimeout(60_000);
  const folder = join(mkdtempSync(join(tmpdir(), 'tir-workspace-')), options.folderName ?? 'my-project');
  mkdirSync(folder);
  for (const [path, text] of Object.entries(options.files ?? {})) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const stop = async () => {
    await browser.close();
    await server.stop();
    await emulator.stop();
    rmSync(join(folder, '..'), { recursive: true, maxRetries: 5 });
    noteSecrets(emulator.made);
  };
  const opened = folders.length === 0 ? query(folder) : workspaceOf(folder, folders);
  return { emulator, url: server.url, opened, extension, folder, browser, stop };
}

/** Does what the editor's command "Apply Extension to all Profiles" does. */
function applyToAllProfiles(extensions: string): void {
  const list = join(extensions, 'extensions.json');
  const installed = JSON.parse(readFileSync(list, 'utf8')) as { metadata?: Record<string, unknown> }[];
  const applied = installed.map((one) => ({ ...one, metadata: { ...one.metadata, isApplicationScoped: true } }));
  writeFileSync(list, JSON.stringify(applied));
}

/** Makes this a language of the editor, as a language pack does. The editor's own texts stay in English. */
function addLanguage(dataDir: string, locale: string): void {
  const translations = join(dataDir, `${locale}.i18n.json`);
  writeFileSync(translations, JSON.stringify({ contents: {} }));
  const extensions = [{ extensionIdentifier: { id: `test.language-pack-${locale}` }, version: '1.0.0' }];
  const pack = { hash: locale, label: locale, extensions, translations: { vscode: translations } };
  writeFileSync(join(dataDir, 'languagepacks.json'), JSON.stringify({ [locale]: pack }));
}

export function query(folder: string): string {
  return `folder=${encodeURIComponent(folder)}`;
}

/** Makes folders, and the file of a workspace that has them. */
function workspaceOf(folder: string, names: readonly string[]): string {
  for (const name of names) {
    mkdirSync(join(folder, name));
  }
  const file = join(folder, 'my-project.code-workspace');
  writeFileSync(file, JSON.stringify({ folders: names.map((path) => ({ path })) }));
  return `workspace=${encodeURIComponent(file)}`;
}
