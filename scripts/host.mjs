import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';

import { openBrowser } from './browser.mjs';
import { root } from './root.mjs';
import { startTestServer, withHome } from './vscode-server.mjs';

/**
 * A VS Code whose extension host runs modules: a server, and a browser for its windows.
 * @typedef {object} Host
 * @property {(module: string, options: Run) => Promise<void>} run opens a window, and resolves once the module's
 * `run` has settled, whether or not it failed; the module writes its results to a file
 * @property {() => Promise<void>} end
 */

/**
 * @typedef {object} Run
 * @property {string} workspace the folder to open
 * @property {string} [extensions] folder of an extension to load, or of several extensions' folders; default: this one
 * @property {string} [shown] a file to record when rows of trees are shown: see {@link noteRows}
 * @property {number} minutes that the module may take
 */

/**
 * Starts a VS Code server and a browser.
 * @param {object} options
 * @param {import('./vscode-server.mjs').Editor} options.editor
 * @param {string} options.data prefix of the folders that the server and the browser write to
 * @param {NodeJS.ProcessEnv} options.env the environment that the module sees
 * @param {string} [options.beside] another packaged extension to install
 * @returns {Promise<Host>}
 */
export async function openHost({ editor, data, env, beside }) {
  const server = await startTestServer(`${data}-server`, withHome(`${data}-home`, env), editor, beside);
  const browser = await openBrowser(`${data}-browser`);
  const remote = `vscode-remote://127.0.0.1:${server.port}`;
  return {
    async run(module, { workspace, extensions = root, shown, minutes }) {
      const payload = JSON.stringify([
        ['extensionDevelopmentPath', remote + extensions],
        ['extensionTestsPath', remote + module],
        // VS Code's own extensions need proposed APIs, which they lack when they're loaded from another folder.
        ...(extensions === root ? [] : [['enableProposedApi', '']]),
      ]);
      const page = await browser.newPage();
      if (shown !== undefined) {
        await noteRows(page, shown);
      }
      // The workbench calls this when the module has ended.
      const ended = new Promise((resolve) => void page.exposeFunction('codeAutomationExit', resolve));
      await page.exposeFunction('codeAutomationLog', () => undefined);
      await page.goto(`${server.url}/?folder=${encodeURIComponent(workspace)}&payload=${encodeURIComponent(payload)}`);
      const timeout = new Promise((_, reject) => {
        setTimeout(
          () => reject(new Error(`${relative(root, module)} didn't end within ${minutes} minutes.`)),
          minutes * 60_000,
        ).unref();
      });
      await Promise.race([ended, timeout]);
      await page.close();
    },
    async end() {
      await browser.close();
      await server.stop();
    },
  };
}

/**
 * Runs one module in a host that is started for it and ended afterwards.
 * @param {string} module
 * @param {Parameters<typeof openHost>[0] & Run} options
 */
export async function runInHost(module, options) {
  const host = await openHost(options);
  try {
    await host.run(module, options);
  } finally {
    await host.end();
  }
}

/**
 * Writes a line when a row whose name begins with `bench-` is shown for the first time: its name, and when the browser
 * painted it, in milliseconds since 1970.
 * @param {import('playwright-core').Page} page @param {string} file
 */
async function noteRows(page, file) {
  await page.exposeFunction('benchRow', (/** @type {string} */ name, /** @type {number} */ at) =>
    appendFileSync(file, `${name} ${at}\n`),
  );
  await page.addInitScript(`
    const seen = new Set();
    new MutationObserver(() => {
      for (const { textContent: name } of document.querySelectorAll('.monaco-list-row .label-name')) {
        if (name.startsWith('bench-') && !seen.has(name)) {
          seen.add(name);
          requestAnimationFrame(() => benchRow(name, performance.timeOrigin + performance.now()));
        }
      }
    }).observe(document, { subtree: true, childList: true, characterData: true });
  `);
}
