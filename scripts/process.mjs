import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';

/**
 * Runs a program to its end. Its output is shown only if it fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @param {typeof spawn | typeof import('cross-spawn')} [start] another function to start it with
 * @returns {Promise<void>}
 */
export function run(command, args, options = {}, start = spawn) {
  return new Promise((resolve, reject) => {
    const child = tracked(start(command, args, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true, ...options }));
    let output = '';
    child.stdout?.on('data', (/** @type {Buffer} */ chunk) => (output += chunk.toString()));
    child.stderr?.on('data', (/** @type {Buffer} */ chunk) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) {
        resolve();
      } else {
        reject(new Error(`${command} ${args.join(' ')} failed (${signal ?? code}).\n${output}`));
      }
    });
  });
}

/**
 * Runs npm to its end.
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function runNpm(args, options) {
  return run(process.execPath, [npmCli(), ...args], options);
}

/**
 * Returns the path of npm's own script. Node runs it, because Windows can start `npm` only in a shell, which splits paths
 * with spaces.
 * @param {NodeJS.ProcessEnv} [env] @param {string} [node] path of Node
 */
export function npmCli(env = process.env, node = process.execPath) {
  const inFolder = join('node_modules', 'npm', 'bin', 'npm-cli.js');
  const isWindows = process.platform === 'win32';
  const found = [
    env['npm_execpath'] ?? '',
    join(dirname(node), isWindows ? '.' : join('..', 'lib'), inFolder),
    // Distributions and version managers have npm elsewhere, and a link to it on the PATH.
    ...(env['PATH'] ?? '').split(delimiter).map((folder) => (isWindows ? join(folder, inFolder) : join(folder, 'npm'))),
  ]
    .filter((file) => existsSync(file))
    .map((file) => realpathSync(file))
    // Other package managers put themselves there.
    .find((file) => basename(file) === 'npm-cli.js');
  if (found === undefined) {
    throw new Error('Couldn\'t find npm. Run this with npm, for example with "npm start".');
  }
  return found;
}

/**
 * Runs `work`, and prints its title and how long it took.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const start = Date.now();
  const seconds = () => Math.round((Date.now() - start) / 1000);
  console.log(`${title}…`);
  const result = await work();
  console.log(`${title}: done in ${seconds()} s`);
  return result;
}

/**
 * Options for a program that Ctrl-C doesn't reach, so it can be ended in order. Windows needs none: a program in a separate
 * group would open a console window there.
 */
export const inBackground = { detached: process.platform !== 'win32', windowsHide: true };

/** Programs that {@link endAll} ends. @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
const state = { isEnding: false };

// The last resort, after a crash: a listener of `exit` can't wait, and reaches only the programs themselves. Registered
// before the listeners that remove the files of these programs.
process.prependListener('exit', () => running.forEach((child) => child.kill()));

/**
 * Ends a program with this process at the latest.
 * @template {import('node:child_process').ChildProcess} T
 * @param {T} child
 * @returns {T}
 */
export function tracked(child) {
  running.add(child);
  child.once('error', () => running.delete(child));
  child.once('exit', () => running.delete(child));
  if (state.isEnding) {
    child.kill();
  }
  return child;
}

/** Ends all programs that still run, everything that they started, and each program that is started from now on. */
export async function endAll() {
  state.isEnding = true;
  await Promise.all([...running].map(end));
}

/**
 * Ends a program and everything that it started, and waits until they have ended.
 * @param {import('node:child_process').ChildProcess} child
 */
export async function end(child) {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    await endTree(child.pid);
  }
}

/** Milliseconds that a program may take to end. */
const endMs = 10_000;

/**
 * Ends a process and everything that it started, and waits until they have ended.
 * @param {number} pid
 * @returns {Promise<boolean>} whether all of them have ended
 */
export async function endTree(pid) {
  const tree = existsSync('/proc/self/stat') ? treeOnLinux(pid) : await treeOf(pid);
  // A program ends its own processes in order. Those that it leaves end after it.
  for (const pids of [[pid], tree]) {
    pids.forEach((one) => signal(one, 'SIGTERM'));
    if (!(await haveEnded(pids))) {
      tree.forEach((one) => signal(one, 'SIGKILL'));
    }
  }
  return haveEnded(tree);
}

/** @param {number} pid @returns {Promise<number[]>} the process and everything that it started */
async function treeOf(pid) {
  try {
    // Not imported above: `installPackages` uses this file before the package is there.
    const { pidtree } = await import('pidtree');
    return await pidtree(pid, { root: true });
  } catch {
    // The process has just ended, or the package is being installed.
    return [pid];
  }
}

/** Does the same without `ps`, which small images don't have. @param {number} pid @returns {number[]} */
function treeOnLinux(pid) {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: parentOf(name) }));
  const tree = [pid];
  for (const one of tree) {
    tree.push(...parents.filter(({ parent }) => parent === one).map((child) => child.pid));
  }
  return tree;
}

/** Returns the ID of a process's parent; undefined if the process has just ended. @param {string} pid */
function parentOf(pid) {
  try {
    // The program's name stands before it, in brackets, and may have brackets and spaces itself.
    return Number(/.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}

/** Waits until processes have ended, or the time is up. @param {readonly number[]} pids */
async function haveEnded(pids) {
  for (const start = Date.now(); pids.some((pid) => signal(pid, 0));) {
    if (Date.now() - start > endMs) {
      return false;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
}

/** Returns whether a process runs, and hasn't just been left behind by a parent that doesn't ask. @param {number} pid */
export function isRunning(pid) {
  try {
    if (/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))) {
      return false;
    }
  } catch {
    // Only Linux shows it.
  }
  return signal(pid, 0);
}

/**
 * Sends a signal; 0 only checks. On Windows, every other one ends the process at once.
 * @param {number} pid @param {NodeJS.Signals | 0} name
 * @returns {boolean} whether the process exists
 */
function signal(pid, name) {
  try {
    return process.kill(pid, name);
  } catch (error) {
    // It exists, but belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Milliseconds between two looks at the running programs. */
const lookEvery = 100;

/**
 * Records the command lines of all programs on this machine, which every other program can read. Works only on Linux,
 * and misses programs that end between two looks.
 * @param {string} file
 */
export function watchProcesses(file) {
  if (!existsSync('/proc/self/cmdline')) {
    return;
  }
  /** @type {Set<string>} */
  const seen = new Set();
  const look = () => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const line = commandLine(pid);
      if (!seen.has(line)) {
        seen.add(line);
        appendFileSync(file, `${line}\n`);
      }
    }
  };
  setInterval(look, lookEvery).unref();
}

/** Returns a program's command line; empty if it has just ended. @param {string} pid */
function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
