import { readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

/*
 * Reads what Linux shows of the same user's processes. Other systems show nothing.
 */

/**
 * Reads a variable that a process was started with; undefined if it has none. What a shell has changed since then
 * doesn't count. @throws Error on systems other than Linux, or if the process is another user's or has ended
 */
export async function initialVariable(pid: number, name: string): Promise<string | undefined> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
  return environment
    .split('\0')
    .find((entry) => entry.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}

/** Resolves to the name of a process's program; undefined if that isn't known. */
export async function programOf(pid: number): Promise<string | undefined> {
  return readlink(`/proc/${pid}/exe`).then(
    (path) => basename(path),
    () => undefined,
  );
}

/** Tells whether a shell waits for a command; undefined if that isn't known. */
export async function isAtPrompt(pid: number): Promise<boolean | undefined> {
  const fields = await statOf(pid);
  // The shell's process group, and the one in the foreground of its terminal.
  return fields && fields[2] === fields[5];
}

/** Resolves to when a process was started, in clock ticks since the system's start; undefined if that isn't known. */
export async function startOf(pid: number): Promise<number | undefined> {
  const ticks = (await statOf(pid))?.[19];
  return ticks === undefined ? undefined : Number(ticks);
}

/** Reads the fields of a process's state from the third on: see proc(5). */
async function statOf(pid: number): Promise<string[] | undefined> {
  try {
    return (await readFile(`/proc/${pid}/stat`, 'latin1')).replace(/^.*\) /s, '').split(' ');
  } catch {
    return undefined;
  }
}
