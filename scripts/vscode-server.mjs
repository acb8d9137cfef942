import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { end, run, step } from './process.mjs';
import { root } from './root.mjs';
import { compilers, installSystemPackages } from './setup.mjs';

/*
 * The VS Code server with its web workbench comes out of the npm package code-server, and the Node it wants
 * out of another one. Neither can be a dependency in package.json: they refuse to install under another
 * version of Node. So they are installed here, once, into `.vscode-test`.
 */

const server = { package: 'code-server', version: '4.139.1', node: '24.21.0' };

const cache = join(root, '.vscode-test');
const home = join(cache, `vscode-server-${server.version}`);
const nodePackage = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const nodeHome = join(home, 'node_modules', nodePackage);
const vscodeHome = join(home, 'node_modules', server.package, 'lib', 'vscode');
const nodePath = join(nodeHome, 'bin', 'node');

/** The native modules without which terminals, logs or file watching do not work; the others are not compiled. */
const nativeModules = ['@vscode/spdlog', '@vscode/native-watchdog'];

/** Installs the VS Code server, unless it is there already. */
export async function installServer() {
  if (existsSync(join(home, 'complete'))) {
    return;
  }
  await installSystemPackages(compilers);
  await step(`Installing the VS Code server ${server.version} (once, about a minute)`, async () => {
    rmSync(home, { recursive: true, force: true });
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'package.json'), '{ "private": true }\n');
    const quiet = ['--no-audit', '--no-fund', '--no-save', '--ignore-scripts'];
    const packages = [`${server.package}@${server.version}`, `${nodePackage}@${server.node}`];
    await run('npm', ['install', ...quiet, ...packages], { cwd: home });
    // From here on under the server's own Node, and against its headers: they are part of its package.
    const npm = npmCli();
    const env = {
      ...process.env,
      npm_config_nodedir: nodeHome,
      PATH: `${join(nodeHome, 'bin')}:${process.env['PATH']}`,
    };
    await run(nodePath, [npm, 'install', '--omit=dev', ...quiet], { cwd: vscodeHome, env });
    await run(nodePath, [npm, 'rebuild', ...nativeModules], { cwd: vscodeHome, env });
    writeFileSync(join(home, 'complete'), '');
  });
}

/** The script of npm itself, to run it under another Node. */
function npmCli() {
  const cli =
    process.env['npm_execpath'] ??
    join(process.execPath, '..', '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  if (!existsSync(cli)) {
    throw new Error('npm was not found. Please run this with npm, as in "npm start".');
  }
  return cli;
}

/**
 * @typedef {object} ServerOptions
 * @property {string} dataDir      all that the server writes goes here
 * @property {boolean} [testDriver]  lets the address name an extension's tests to run; modal dialogs are refused then
 * @property {boolean} [trustAll]    no question whether the workspace is trusted
 * @property {NodeJS.ProcessEnv} [env]
 */

/**
 * Starts a server on a free port of the loopback interface, and waits until it answers.
 * @param {ServerOptions} options
 * @returns {Promise<{ url: string, port: number, output: () => string, stop: () => Promise<void> }>}
 */
export async function startServer({ dataDir, testDriver = false, trustAll = false, env = process.env }) {
  const port = await freePort();
  const child = spawn(
    nodePath,
    [
      join(vscodeHome, 'out', 'server-main.js'),
      ...['--host', '127.0.0.1', '--port', String(port), '--server-data-dir', dataDir],
      ...['--without-connection-token', '--accept-server-license-terms', '--telemetry-level', 'off'],
      ...(testDriver ? ['--enable-smoke-test-driver'] : []),
      ...(trustAll ? ['--disable-workspace-trust'] : []),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env },
  );
  let output = '';
  child.stdout.on('data', (/** @type {Buffer} */ chunk) => (output += chunk.toString()));
  child.stderr.on('data', (/** @type {Buffer} */ chunk) => (output += chunk.toString()));
  const url = `http://127.0.0.1:${port}`;
  const stop = () => end(child);
  try {
    await answers(url, child);
  } catch (error) {
    await stop();
    throw new Error(`The VS Code server did not start.\n${output}`, { cause: error });
  }
  return { url, port, output: () => output, stop };
}

/**
 * Installs a packaged extension into a data folder, as a person would into their editor.
 * @param {string} vsix @param {string} dataDir
 */
export async function installExtension(vsix, dataDir) {
  const args = [join(vscodeHome, 'out', 'server-main.js'), '--install-extension', vsix, '--server-data-dir', dataDir];
  await run(nodePath, [...args, '--accept-server-license-terms'], {});
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** @param {string} url @param {import('node:child_process').ChildProcess} child */
async function answers(url, child) {
  for (const start = Date.now(); Date.now() - start < 60_000 && child.exitCode === null;) {
    try {
      if ((await fetch(`${url}/version`)).ok) {
        return;
      }
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('no answer');
}
