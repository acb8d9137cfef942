import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

import { dataIn, hasDesktop, openWindow } from './desktop.mjs';
import { end, endAll, inBackground, runNpm, step, tracked } from './process.mjs';
import { root } from './root.mjs';
import { installPackages } from './setup.mjs';

/*
 * `npm start` opens VS Code with the extension, signed out, and runs an emulator of the TIR API.
 * `npm start -- --api https://…` uses that API instead of the emulator.
 */

const { values } = parseArgs({ options: { api: { type: 'string' } } });
const vsix = join(root, 'dist', 'tir-tokens.vsix');
const folder = mkdtempSync(join(tmpdir(), 'tir-tokens-'));
/** Steps that undo what was started. The last one is run first. @type {(() => Promise<void> | void)[]} */
const cleanUp = [deleteFolder, endAll];
/** Set by the first signal or error, or when VS Code ends, so the run ends only once. */
const state = { stopping: false, isFolderInUse: false };

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => void stop(0));
}

try {
  await installPackages();
  goOn();
  await step('Building the extension', () => runNpm(['run', 'package'], { cwd: root }));
  goOn();
  const demo = values.api === undefined ? await startEmulator() : undefined;
  goOn();
  const workspace = makeWorkspace(demo);
  const userSettings = JSON.stringify({
    'tir.apiUrl': values.api ?? demo?.apiUrl,
    'workbench.startupEditor': 'none',
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'chat.disableAIFeatures': true,
    'telemetry.telemetryLevel': 'off',
  });
  const startWindow = (await hasDesktop()) ? startDesktop : startInBrowser;
  goOn();
  const where = await startWindow(workspace, userSettings);
  goOn();
  sayHow(where, demo);
} catch (error) {
  if (!state.stopping) {
    console.error(error instanceof Error ? error.message : error);
    await stop(1);
  }
}

/** Throws an error if the run is being stopped, so nothing else is started. */
function goOn() {
  if (state.stopping) {
    throw new Error('The run was stopped.');
  }
}

/** @param {number} code */
async function stop(code) {
  if (state.stopping) {
    return;
  }
  state.stopping = true;
  // One by one, since what was being started may still add a step.
  for (let undo = cleanUp.pop(); undo; undo = cleanUp.pop()) {
    try {
      await undo();
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
    }
  }
  process.exit(code);
}

function deleteFolder() {
  try {
    if (!state.isFolderInUse) {
      // On Windows, VS Code's last processes may still have files open.
      rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
      return;
    }
  } catch {
    // It's in use, too.
  }
  console.error(`VS Code may still use ${folder}. Close its window, and then delete this folder.`);
}

/** @typedef {{ apiUrl: string, origin: string, token: string, apiKey: string, projectId: number, location: string }} Demo */

/** @returns {Promise<Demo>} */
async function startEmulator() {
  const { buildEmulator } = await import('./build-tests.mjs');
  await buildEmulator();
  const main = join(root, 'out', 'test', 'emulator', 'main.mjs');
  const child = tracked(spawn(process.execPath, [main], { stdio: ['ignore', 'pipe', 'inherit'], ...inBackground }));
  cleanUp.push(() => end(child));
  return new Promise((resolve, reject) => {
    createInterface(child.stdout).once('line', (/** @type {string} */ line) =>
      resolve(/** @type {Demo} */ (JSON.parse(line))),
    );
    child.once('exit', () => reject(new Error("The emulator didn't start.")));
  });
}

/** Creates a folder. With a demo, it has a script that needs the token. @param {Demo | undefined} demo */
function makeWorkspace(demo) {
  const workspace = join(folder, 'demo');
  mkdirSync(workspace);
  if (demo) {
    const script = `// Run this in a terminal: node whoami.mjs
const token = process.env.TIR_API_TOKEN;
if (!token) throw new Error("TIR_API_TOKEN isn't set. Use a token in terminals, and open a new one.");
const answer = await fetch('${demo.origin}/whoami/', { headers: { authorization: \`Bearer \${token}\` } });
console.log(answer.status, await answer.text());
`;
    writeFileSync(join(workspace, 'whoami.mjs'), script);
  }
  return workspace;
}

/** @param {string} workspace @param {string} userSettings */
async function startDesktop(workspace, userSettings) {
  const portable = join(folder, 'vscode');
  writeSettings(join(dataIn(portable), 'User'), userSettings);
  const window = await openWindow({ vsix, portable, workspace });
  cleanUp.push(async () => {
    state.isFolderInUse = !(await window.end());
  });
  if (!(await window.opened)) {
    throw new Error('Couldn\'t open VS Code. Check that the command "code" opens a window, and try again.');
  }
  void window.ended.then(() => stop(0));
  return 'in a new window';
}

/** @param {string} workspace @param {string} userSettings */
async function startInBrowser(workspace, userSettings) {
  if (process.platform === 'win32') {
    throw new Error('Couldn\'t find VS Code. Install it with "Add to PATH", and try again in a new terminal.');
  }
  const { installExtension, installServer, startServer } = await import('./vscode-server.mjs');
  await installServer();
  goOn();
  const dataDir = join(folder, 'data');
  writeSettings(join(dataDir, 'User'), userSettings);
  await installExtension(vsix, dataDir);
  goOn();
  const server = await startServer(dataDir, { trustAll: true });
  cleanUp.push(server.stop);
  goOn();
  const url = `${server.url}/?folder=${encodeURIComponent(workspace)}`;
  const opener =
    process.platform === 'darwin'
      ? 'open'
      : process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']
        ? 'xdg-open'
        : undefined;
  if (opener) {
    spawn(opener, [url], { stdio: 'ignore', detached: true })
      .on('error', () => undefined)
      .unref();
  }
  return `at ${url}`;
}

/** @param {string} dir @param {string} text */
function writeSettings(dir, text) {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'settings.json'), text);
}

/** @param {string} where VS Code is open @param {Demo | undefined} demo */
function sayHow(where, demo) {
  console.log(`
VS Code is open ${where}
TIR API: ${demo ? `${demo.origin} (emulator)` : values.api}
Press Ctrl-C to stop everything.

To sign in, open "TIR AI Platform" in the activity bar and choose "Sign In…".`);
  if (demo) {
    const { token, apiKey, projectId } = demo;
    console.log(`Then create a token, open a terminal, and run "node whoami.mjs".

Paste this config.json to sign in:
${JSON.stringify({ auth_token: token, api_key: apiKey, project_id: projectId })}`);
  }
}
