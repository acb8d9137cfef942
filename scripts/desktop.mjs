import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { end, endTree, inBackground, isRunning, run, tracked } from './process.mjs';

/*
 * Opens a window of the desktop VS Code that is installed on this machine, and ends it.
 */

/** Returns the function that starts `code`, which is a batch file on Windows. Imported late: it's a package. */
const crossSpawn = async () => (await import('cross-spawn')).default;

/** Returns whether `code` on the PATH can open a window on this machine, with separate data and extensions. */
export async function hasDesktop() {
  const { VSCODE_IPC_HOOK_CLI, WSL_DISTRO_NAME, DISPLAY, WAYLAND_DISPLAY } = process.env;
  // In a remote window's terminal and in WSL, `code` means the editor on the person's own machine, and that one's data.
  const isRemote = VSCODE_IPC_HOOK_CLI !== undefined || WSL_DISTRO_NAME !== undefined;
  // `||`, because a variable can be set to the empty string.
  const hasScreen = process.platform !== 'linux' || Boolean(DISPLAY || WAYLAND_DISPLAY);
  if (isRemote || !hasScreen) {
    return false;
  }
  const start = await crossSpawn();
  const code = tracked(start('code', ['--help'], { stdio: ['ignore', 'pipe', 'ignore'], ...inBackground }));
  let help = '';
  code.stdout?.on('data', (/** @type {Buffer} */ chunk) => (help += chunk.toString()));
  const status = await new Promise((resolve) => {
    code.once('error', () => resolve(undefined));
    code.once('close', resolve);
  });
  return status === 0 && help.includes('--user-data-dir');
}

/** Returns VS Code's data folder in a portable folder. @param {string} portable */
export function dataIn(portable) {
  return join(portable, 'user-data');
}

/**
 * Opens a window with an extension and no others.
 * @param {object} options
 * @param {string} options.vsix
 * @param {string} options.portable existing folder for data and extensions; the data may have a person's settings
 * @param {string} options.workspace folder to open
 * @returns {Promise<Window>}
 */
export async function openWindow({ vsix, portable, workspace }) {
  const start = await crossSpawn();
  const data = dataIn(portable);
  // A portable VS Code ignores `--user-data-dir`, and opens the person's own data unless this variable names a folder.
  const { VSCODE_APPDATA: _, ...others } = process.env;
  const env = { ...others, VSCODE_PORTABLE: portable };
  const own = ['--user-data-dir', data, '--extensions-dir', join(portable, 'extensions')];
  await run('code', [...own, '--install-extension', vsix], { env }, start);
  const options = ['--disable-workspace-trust', '--new-window', '--wait'];
  const cli = tracked(start('code', [...own, ...options, workspace], { env, stdio: 'ignore', ...inBackground }));
  const cliState = { hasEnded: false };
  for (const event of ['error', 'exit']) {
    cli.once(event, () => (cliState.hasEnded = true));
  }
  /** @type {Followed} */
  const followed = { pid: undefined, hasEnded: false };
  const opened = ownerOf(data, openMs, () => cliState.hasEnded).then((pid) => (followed.pid = pid));
  const ended = opened.then(() => follow(data, followed));
  return { opened: opened.then((pid) => pid !== undefined), ended, end: () => endWindow(cli, data, opened, followed) };
}

/**
 * @typedef {object} Window
 * @property {Promise<boolean>} opened whether VS Code has started
 * @property {Promise<void>} ended when VS Code has ended; on macOS, it runs on after its last window was closed
 * @property {() => Promise<boolean>} end ends VS Code; resolves to whether it has surely ended
 */

/** VS Code's main process, which changes when VS Code restarts. @typedef {{ pid?: number, hasEnded: boolean }} Followed */

/** Milliseconds that VS Code may take to start. */
const openMs = 60_000;

/** Milliseconds that VS Code may take to start again when it restarts, as after an update. */
const restartMs = 5_000;

/**
 * Waits until VS Code has ended. `code --wait` says less: it also returns when a window is reloaded or opens another
 * folder, and when the first of several windows is closed.
 * @param {string} data @param {Followed} followed
 */
async function follow(data, followed) {
  while (followed.pid !== undefined) {
    while (isRunning(followed.pid)) {
      await shortly();
    }
    followed.pid = await ownerOf(data, restartMs);
  }
  followed.hasEnded = true;
}

/** Milliseconds that {@link endWindow} waits for a VS Code that is just starting. */
const startMs = 30_000;

/**
 * Ends VS Code. Ending `code` isn't enough: it only waits for VS Code, which runs on without it.
 * @param {import('node:child_process').ChildProcess} cli @param {string} data
 * @param {Promise<number | undefined>} opened @param {Followed} followed
 */
async function endWindow(cli, data, opened, followed) {
  const late = new Promise((/** @type {(pid: undefined) => void} */ resolve) => {
    setTimeout(() => resolve(undefined), startMs).unref();
  });
  const first = await Promise.race([opened, late]);
  let hasEnded = first !== undefined;
  for (let pid = followed.pid ?? first; pid !== undefined && hasEnded && !followed.hasEnded;) {
    // It leaves its data as it quits, and may be doing so to restart.
    const mayRestart = owner(data) !== pid;
    hasEnded = await endTree(pid);
    pid = await ownerOf(data, mayRestart ? restartMs : 0, () => followed.hasEnded);
  }
  await end(cli);
  return hasEnded;
}

/**
 * Waits for the running process that owns the data. Undefined if there's none in time.
 * @param {string} data @param {number} ms @param {() => boolean} [isOver] whether to stop waiting
 */
async function ownerOf(data, ms, isOver = () => false) {
  for (const start = Date.now(); ;) {
    // Asked first, because a process may come to own the data in between.
    const isLast = isOver() || Date.now() - start >= ms;
    const pid = owner(data);
    if (pid !== undefined || isLast) {
      return pid;
    }
    await shortly();
  }
}

/** Returns the ID of the running process that owns the data. VS Code's main process writes it there. @param {string} data */
function owner(data) {
  const pid = Number.parseInt(read(join(data, 'code.lock')), 10);
  return pid > 0 && isRunning(pid) ? pid : undefined;
}

const shortly = () => new Promise((resolve) => setTimeout(resolve, 100));

/** Returns a file's text; empty if there's no such file. @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
