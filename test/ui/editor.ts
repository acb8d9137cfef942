import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { BrowserContext, Page } from 'playwright-core';

import { openBrowser } from '../../scripts/browser.mjs';
import { consumer } from '../../scripts/build-tests.mjs';
import { root } from '../../scripts/root.mjs';
import { editors, installExtension, startServer, withHome } from '../../scripts/vscode-server.mjs';
import { Emulator } from '../emulator/emulator';

/*
 * Longer than other files, since starting VS Code and cleaning up after it belong together.
 */

/** Folder for all that VS Code and the browser write, kept until the search for secrets. */
const atRest = process.env['TIR_TEST_AT_REST'] ?? mkdtempSync(join(tmpdir(), 'tir-tokens-ui-'));

/** Milliseconds to wait for VS Code to show something. Generous, since the machine may be busy with other work. */
export const limit = 30_000;

/** The VS Code version that the suite runs in. */
export const testedEditor = editors.find((editor) => editor === process.env['TIR_TEST_EDITOR']) ?? 'newest';

/** Themes for screenshots: file name, theme name, CSS class. */
export const themes = [
  ['light', 'Light Modern', 'vs'],
  ['high-contrast', 'Dark High Contrast', 'hc-black'],
  ['high-contrast-light', 'Light High Contrast', 'hc-light'],
  ['dark', 'Dark Modern', 'vs-dark'],
] as const;

/** User settings of every test. */
const usualSettings = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  // Otherwise screenshots show elements that are still fading in.
  'workbench.reduceMotion': 'on',
  // Older versions ask before anything else can be done. Newer ones show a banner that says Restricted Mode.
  'security.workspace.trust.startupPrompt': 'never',
  // Otherwise a window that closes leaves its terminals to the next one with its folder.
  'terminal.integrated.enablePersistentSessions': false,
  // Otherwise VS Code switches to its debug view.
  'debug.openDebug': 'neverOpen',
  // The theme of tests that choose no other. If VS Code knows it by another name, it writes that name to the settings.
  'workbench.colorTheme': testedEditor === 'oldest' ? 'Default Dark Modern' : 'Dark Modern',
};

/** Options for starting VS Code. */
export interface EditorOptions {
  /** Asks whether to trust the workspace, as VS Code does by default. */
  readonly askForTrust?: boolean;
  /** Added to the environment of this process. */
  readonly env?: Record<string, string>;
  /** Display language, if it isn't the browser's. */
  readonly locale?: string;
  /** Installs the consumer, an extension that asks this one for tokens. */
  readonly withConsumer?: boolean;
  /** A file to run instead of the packaged `dist/extension.js`. */
  readonly bundle?: string;
  /** Doesn't install the extension. */
  readonly withoutExtension?: boolean;
  /** Pixels of the screen for each pixel of the page. */
  readonly scale?: number;
}

/** Options for the first window. */
export interface WindowOptions {
  /** Names of the folders of a multi-root workspace. */
  readonly folders?: readonly string[];
  readonly settings?: Record<string, unknown>;
  /** Name of the opened folder. */
  readonly folderName?: string;
  /** Contents of the folder's files, by path. */
  readonly files?: Record<string, string>;
}

export type Options = EditorOptions & WindowOptions;

/** A running VS Code, which its windows share. */
export interface Editor {
  readonly emulator: Emulator;
  readonly url: string;
  readonly asksForTrust: boolean;
  /** Folder of the installed extension. */
  readonly extension: string;
  /** Home folder of VS Code and its terminals. */
  readonly home: string;
  readonly browser: BrowserContext;
  /** The folder that the first window opens, or the parent of the folders of a multi-root workspace. */
  folder: string;
  /** The frontmost window. */
  front: Page;
  /** Adds user settings, which windows read when they open. */
  readonly configure: (settings: Record<string, unknown>) => void;
  /** Writes settings, and replaces the last folder with a new one. Returns the query of its window's URL. */
  readonly prepare: (options: WindowOptions) => string;
  /** Deletes stored data (windows must be closed), and keeps a copy for the search for secrets. */
  readonly forget: () => Promise<void>;
  /** Stops VS Code, the browser and the emulator, and deletes the folder. */
  readonly stop: () => Promise<void>;
}

let started = 0;

/** Starts the emulator, VS Code with the extension, and a browser. @param name for the folders of both */
export async function startEditor(name: string, options: Options): Promise<Editor> {
  const { askForTrust = false, locale, withConsumer = false, withoutExtension = false, bundle, scale } = options;
  const data = join(atRest, `ui-${name}-${testedEditor}-${++started}`);
  const [dataDir, profile] = [`${data}-server`, `${data}-browser`];
  mkdirSync(join(dataDir, 'User'), { recursive: true });
  const parts: (() => Promise<void>)[] = [];
  const stop = async () => {
    const ends = await Promise.allSettled(parts.splice(0).map((end) => end()));
    const failure = ends.find((end) => end.status === 'rejected');
    if (failure) {
      throw failure.reason;
    }
  };
  try {
    const emulator = await Emulator.start();
    parts.push(() => emulator.stop());
    const ofAll = { ...usualSettings, 'tir.apiUrl': emulator.apiUrl };
    let allSettings: Record<string, unknown> = ofAll;
    const configure = (settings: Record<string, unknown>) => {
      allSettings = { ...allSettings, ...settings };
      writeFileSync(join(dataDir, 'User', 'settings.json'), JSON.stringify(allSettings));
    };
    configure(options.settings ?? {});
    const editor = { editor: testedEditor, env: withHome(join(dataDir, 'home'), { ...process.env, ...options.env }) };
    if (!withoutExtension) {
      await installExtension(join(root, 'dist', 'tir-tokens.vsix'), dataDir, editor);
    }
    if (locale !== undefined) {
      addLanguage(dataDir, locale);
    }
    if (withConsumer) {
      await installExtension(`${consumer}.vsix`, dataDir, editor);
    }
    const extensions = join(dataDir, 'extensions');
    const installed = (existsSync(extensions) ? readdirSync(extensions) : []).find((file) =>
      file.startsWith('tir-community.tir-tokens-'),
    );
    const extension = join(extensions, installed ?? '');
    if (bundle !== undefined) {
      copyFileSync(bundle, join(extension, 'dist', 'extension.js'));
    }
    const server = await startServer(dataDir, {
      trustAll: !askForTrust,
      ...editor,
      ...(locale !== undefined && { locale }),
    });
    parts.push(() => server.stop());
    const browser = await openBrowser(profile, scale);
    parts.push(() => browser.close());
    browser.setDefaultTimeout(limit);
    const removeFolder = () => {
      if (self.folder !== '') {
        rmSync(join(self.folder, '..'), { recursive: true, maxRetries: 5 });
      }
    };
    const prepare = ({ settings = {}, folders = [], folderName = 'my-project', files = {} }: WindowOptions) => {
      allSettings = ofAll;
      configure(settings);
      removeFolder();
      const folder = join(mkdtempSync(join(tmpdir(), 'tir-workspace-')), folderName);
      self.folder = folder;
      mkdirSync(folder);
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      return folders.length === 0 ? query(folder) : workspaceOf(folder, folders);
    };
    const forget = async () => {
      const past = `${data}-past-${++started}`;
      const own = join('User', 'globalStorage', 'tir-community.tir-tokens');
      mkdirSync(past);
      if (existsSync(join(dataDir, own))) {
        renameSync(join(dataDir, own), join(past, 'files'));
      }
      // The browser may not have written its storage to disk yet, so the page returns it.
      await self.front.goto(`${server.url}/healthz`);
      writeFileSync(join(past, 'storage.json'), await self.front.evaluate<string>(pageStorage));
      const session = await browser.newCDPSession(self.front);
      await session.send('Storage.clearDataForOrigin', { origin: server.url, storageTypes: 'local_storage,indexeddb' });
      await session.detach();
    };
    const front = browser.pages()[0] ?? (await browser.newPage());
    const windows = { folder: '', front, asksForTrust: askForTrust, configure, prepare, forget };
    const home = join(dataDir, 'home');
    const self: Editor = { emulator, url: server.url, extension, home, browser, ...windows, stop };
    parts.push(() => {
      removeFolder();
      return Promise.resolve();
    });
    return self;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A script that returns everything a page's origin has stored, as JSON. */
const pageStorage = `(async () => {
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const all = [{ ...localStorage }];
  for (const { name } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const objects = database.transaction(store).objectStore(store);
      all.push(name, store, await done(objects.getAllKeys()), await done(objects.getAll()));
    }
    database.close();
  }
  return JSON.stringify(all, (_, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value));
})()`;

/** Adds a display language to VS Code, as a language pack does. VS Code's own texts stay in English. */
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

/** Creates folders and a workspace file for them. Returns the query of the window's URL. */
function workspaceOf(folder: string, names: readonly string[]): string {
  for (const name of names) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  const file = join(folder, 'my-project.code-workspace');
  writeFileSync(file, JSON.stringify({ folders: names.map((path) => ({ path })) }));
  return `workspace=${encodeURIComponent(file)}`;
}
