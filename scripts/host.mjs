import { relative } from 'node:path';

import { openBrowser } from './browser.mjs';
import { root } from './root.mjs';
import { startTestServer, withHome } from './vscode-server.mjs';

/**
 * Runs a module where the extension runs: in the extension host of a VS Code server, which a browser opens. Resolves
 * when what its `run` resolves to does, or rejects; what came of it, the module leaves in a file.
 * @param {string} module
 * @param {object} options
 * @param {import('./vscode-server.mjs').Editor} options.editor
 * @param {string} options.workspace the folder to open
 * @param {string} options.data what the server and the browser write goes to folders that begin so
 * @param {NodeJS.ProcessEnv} options.env what the module gets to see
 * @param {string} [options.beside] a packaged extension to install, too
 * @param {number} options.minutes it may take
 */
export async function runInHost(module, { editor, workspace, data, env, beside, minutes }) {
  const server = await startTestServer(`${data}-server`, withHome(`${data}-home`, env), editor, beside);
  const browser = await openBrowser(`${data}-browser`);
  try {
    const remote = `vscode-remote://127.0.0.1:${server.port}`;
    const payload = JSON.stringify([
      ['extensionDevelopmentPath', remote + root],
      ['extensionTestsPath', remote + module],
    ]);
    const page = browser.pages()[0] ?? (await browser.newPage());
    // What the workbench calls when the module is through.
    const ended = new Promise((resolve) => void page.exposeFunction('codeAutomationExit', resolve));
    await page.exposeFunction('codeAutomationLog', () => undefined);
    await page.goto(`${server.url}/?folder=${encodeURIComponent(workspace)}&payload=${encodeURIComponent(payload)}`);
    const timeout = new Promise((_, reject) => {
      setTimeout(
        () => reject(new Error(`${relative(root, module)} did not end within ${minutes} minutes.`)),
        minutes * 60_000,
      ).unref();
    });
    await Promise.race([ended, timeout]);
  } finally {
    await browser.close();
    await server.stop();
  }
}
