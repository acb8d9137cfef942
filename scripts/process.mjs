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
 * Shows what is being done and for how long.
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
 * Ends a process that was started with `detached`, and all that it started, and waits until they have ended.
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
 * Sends a signal to a process that was started with `detached`, and to all that it started; 0 only asks.
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals | 0} [signal]
 * @returns {boolean} whether any of them is still there
 */
export function terminate(child, signal = 'SIGTERM') {
  try {
    return child.pid !== undefined && process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}

/** Milliseconds. */
const lookEvery = 100;

/**
 * Writes down what the programs of this machine were started with, as all others can see it, where the system keeps a
 * table of them (Linux). One that has ended before it is looked for is not seen.
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

/** Empty where it has just ended. @param {string} pid */
function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
