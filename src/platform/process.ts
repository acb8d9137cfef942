import { hostname } from 'node:os';

import { codeOf } from '../base/errors';

/** The process that this window's extensions run in. */
export const currentProcess = { host: hostname(), pid: process.pid };

/** Whether a process of this machine is running. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
