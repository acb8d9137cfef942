import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { end, endTree, inBackground, run, tracked } from './process.mjs';

/*
 * Opens a window of the desktop VS Code that is installed on this machine, and ends it.
 */

/** Returns the function that starts `code`, which is a batch file on Windows. Imported late: it's a package. */
const crossSpawn = async () => (await import('cross-spawn')).default;

/** Returns whether `code` on the PATH can open a window on this machine, with data and extensions of its own. */
export async function hasDesktop() {
  const { VSCODE_IPC_HOOK_CLI, WSL_DISTRO_NAME, DISPLAY, WAYLAND_DISPLAY } = process.env;
  // In a remote window's terminal and in WSL, `code` means the editor on the person's own machine, and that one's data.
  const isRemote = VSCODE_IPC_HOOK_CLI !== undefined || WSL_DISTRO_NAME !== undefined;
  const hasScreen = process.platform !== 'linux' || Boolean(DISPLAY ?? WAYLAND_DISPLAY);
  if (isRemote || !hasScreen) {
    return false;
  }
  const help = (await crossSpawn()).sync('code', ['--help'], { encoding: 'utf8', windowsHide: true });
  return help.status === 0 && help.stdout.includes('--user-data-dir');
}

/**
 * Opens a window with an extension and no others.
 * @param {object} options
 * @param {string} options.vsix
 * @param {string} options.data folder for VS Code's data; may have a person's settings
 * @param {string} options.extensions folder to install into
 * @param {string} options.workspace folder to open
 * @returns {Promise<Window>}
 */
export async function openWindow({ vsix, data, extensions, workspace }) {
  const start = await crossSpawn();
  const own = ['--user-data-dir', data, '--extensions-dir', extensions];
  await run('code', [...own, '--install-extension', vsix], {}, start);
  const options = ['--disable-workspace-trust', '--new-window', '--wait'];
  const cli = tracked(start('code', [...own, ...options, workspace], { stdio: 'ignore', ...inBackground }));
  /** @type {Promise<void>} */
  const closed = new Promise((resolve) => {
    cli.once('error', () => resolve());
    cli.once('exit', () => resolve());
  });
  const opened = processOf(data, closed);
  return { opened: opened.then((pid) => pid !== undefined), closed, end: () => endWindow(cli, opened) };
}

/**
 * @typedef {object} Window
 * @property {Promise<boolean>} opened whether VS Code has started
 * @property {Promise<void>} closed when its window was closed
 * @property {() => Promise<boolean>} end ends VS Code; resolves to whether it has surely ended
 */

/** Milliseconds that VS Code may take to start before it can be ended. */
const startMs = 30_000;

/**
 * Ends VS Code. Ending `code` isn't enough: it only waits for VS Code, which runs on without it. On macOS, VS Code also
 * runs on after its last window was closed.
 * @param {import('node:child_process').ChildProcess} cli @param {Promise<number | undefined>} opened
 */
async function endWindow(cli, opened) {
  const late = new Promise((/** @type {(pid: undefined) => void} */ resolve) => {
    setTimeout(() => resolve(undefined), startMs).unref();
  });
  const pid = await Promise.race([opened, late]);
  const hasEnded = pid !== undefined && (await endTree(pid));
  await end(cli);
  return hasEnded;
}

/**
 * Waits for the ID of VS Code's main process, which it writes to a file as soon as it owns its data. Undefined if `code`
 * ended before.
 * @param {string} data @param {Promise<void>} closed
 */
async function processOf(data, closed) {
  const state = { isClosed: false };
  void closed.then(() => (state.isClosed = true));
  for (;;) {
    const { isClosed } = state;
    const pid = Number.parseInt(read(join(data, 'code.lock')), 10);
    if (pid > 0) {
      return pid;
    }
    if (isClosed) {
      return undefined;
    }
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 100))]);
  }
}

/** Returns a file's text; empty if there's no such file. @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
