import { hostname } from 'node:os';

import { codeOf } from '../base/errors';

/** The process that runs this window's extensions. */
export const currentProcess = { host: hostname(), pid: process.pid };

/** Checks whether a process is running on this machine. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
