import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

import { end, run, step } from './process.mjs';
import { root } from './root.mjs';
import { installPackages } from './setup.mjs';

/*
 * `npm start` opens a real VS Code with the extension, signed out, and runs an emulator of the TIR API.
 * `npm start -- --api https://…` uses that API instead of the emulator.
 */

const { values } = parseArgs({ options: { api: { type: 'string' } } });
const vsix = join(root, 'dist', 'tir-tokens.vsix');
const folder = mkdtempSync(join(tmpdir(), 'tir-tokens-'));
/** Steps that undo what was started, run in reverse order at the end. @type {(() => Promise<void> | void)[]} */
const cleanUp = [() => rmSync(folder, { recursive: true, force: true })];
/** Set by the first signal, error or closed window, so the run ends only once. */
const state = { stopping: false };

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => void stop(0));
}

try {
  await installPackages();
  await step('Building the extension', () => run('npm', ['run', 'package'], { cwd: root }));
  const demo = values.api === undefined ? await startEmulator() : undefined;
  const workspace = makeWorkspace(demo);
  const userSettings = JSON.stringify({
    'tir.apiUrl': values.api ?? demo?.apiUrl,
    'workbench.startupEditor': 'none',
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'chat.disableAIFeatures': true,
    'telemetry.telemetryLevel': 'off',
  });
  const hasCode = spawnSync('code', ['--version'], { shell: process.platform === 'win32' }).status === 0;
  await (hasCode ? startDesktop(workspace, userSettings) : startInBrowser(workspace, userSettings));
  sayHow(demo);
} catch (error) {
  if (!state.stopping) {
    console.error(error instanceof Error ? error.message : error);
    await stop(1);
  }
}

/** @param {number} code */
async function stop(code) {
  if (state.stopping) {
    return;
  }
  state.stopping = true;
  for (const undo of cleanUp.reverse()) {
    await undo();
  }
  process.exit(code);
}

/** @typedef {{ apiUrl: string, origin: string, token: string, apiKey: string, projectId: number, location: string }} Demo */

/** @returns {Promise<Demo>} */
async function startEmulator() {
  const { buildEmulator } = await import('./build-tests.mjs');
  await buildEmulator();
  const child = spawn(process.execPath, [join(root, 'out', 'test', 'emulator', 'main.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  cleanUp.push(() => end(child));
  return new Promise((resolve, reject) => {
    createInterface(child.stdout).once('line', (/** @type {string} */ line) =>
      resolve(/** @type {Demo} */ (JSON.parse(line))),
    );
    child.once('exit', () => reject(new Error('The emulator did not start.')));
  });
}

/** Creates a folder. With a demo, it has a script that needs the token. @param {Demo | undefined} demo */
function makeWorkspace(demo) {
  const workspace = join(folder, 'demo');
  mkdirSync(workspace);
  if (demo) {
    const script = `// Run me in a terminal: node whoami.mjs
const token = process.env.TIR_API_TOKEN;
if (!token) throw new Error('TIR_API_TOKEN is not set: put a token to use in the TIR view, and open a new terminal.');
const answer = await fetch('${demo.origin}/whoami/', { headers: { authorization: \`Bearer \${token}\` } });
console.log(answer.status, await answer.text());
`;
    writeFileSync(join(workspace, 'whoami.mjs'), script);
  }
  return workspace;
}

/** @param {string} workspace @param {string} userSettings */
async function startDesktop(workspace, userSettings) {
  const data = join(folder, 'data');
  writeSettings(join(data, 'User'), userSettings);
  const extensions = join(folder, 'extensions');
  const where = ['--user-data-dir', data, '--extensions-dir', extensions];
  const shell = process.platform === 'win32';
  await run('code', [...where, '--install-extension', vsix], { shell });
  const child = spawn('code', [...where, '--disable-workspace-trust', '--new-window', '--wait', workspace], {
    stdio: 'ignore',
    shell,
    detached: true,
  });
  cleanUp.push(() => end(child));
  child.once('exit', () => void stop(0));
  console.log('\nVS Code is open.');
}

/** @param {string} workspace @param {string} userSettings */
async function startInBrowser(workspace, userSettings) {
  const { installExtension, installServer, startServer } = await import('./vscode-server.mjs');
  await installServer();
  const dataDir = join(folder, 'data');
  writeSettings(join(dataDir, 'User'), userSettings);
  await installExtension(vsix, dataDir);
  const server = await startServer(dataDir, { trustAll: true });
  cleanUp.push(server.stop);
  const url = `${server.url}/?folder=${encodeURIComponent(workspace)}`;
  console.log(`\nVS Code is open at ${url}`);
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
}

/** @param {string} dir @param {string} text */
function writeSettings(dir, text) {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'settings.json'), text);
}

/** @param {Demo | undefined} demo */
function sayHow(demo) {
  console.log('Open the view "TIR AI Platform" in the activity bar (the key in a hexagon) and choose "Sign In…".');
  if (demo) {
    const { token, apiKey, projectId } = demo;
    console.log(`
Paste this config.json of the demo:
${JSON.stringify({ auth_token: token, api_key: apiKey, project_id: projectId })}

Then create a token, open a terminal, and run: node whoami.mjs
The emulator of the TIR API is at ${demo.origin}`);
  } else {
    console.log(`The API is ${values.api}.`);
  }
  console.log('Ctrl-C stops everything.');
}
