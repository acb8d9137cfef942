import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';

/**
 * Runs a program to its end. Its output is shown only if it fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<void>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    child.stdout?.on('data', (/** @type {Buffer} */ chunk) => (output += chunk.toString()));
    child.stderr?.on('data', (/** @type {Buffer} */ chunk) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) {
        resolve();
      } else {
        reject(new Error(`${command} ${args.join(' ')} ended with ${signal ?? code}\n${output}`));
      }
    });
  });
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
 * Ends a process that was started with `detached`, and everything that it started. Waits until they have ended, and
 * kills them after 10 seconds.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<void>}
 */
export async function end(child) {
  let alive = terminate(child);
  for (let waited = 0; alive; waited += 50) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    alive = terminate(child, waited > 10_000 ? 'SIGKILL' : 0);
  }
}

/**
 * Sends a signal to a process that was started with `detached`, and to everything that it started. 0 only checks.
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals | 0} [signal]
 * @returns {boolean} whether any of them still exists
 */
export function terminate(child, signal = 'SIGTERM') {
  try {
    return child.pid !== undefined && process.kill(-child.pid, signal);
  } catch {
    return false;
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
