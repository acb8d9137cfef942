import { hostname } from 'node:os';

import { codeOf } from '../tir/errors';

/** The process that this window runs in. */
export const here = { host: hostname(), pid: process.pid };

/** Whether a process of this machine has not ended. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
