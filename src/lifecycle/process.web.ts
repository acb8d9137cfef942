/** This page of the browser, under a number of its own. */
export const here = { host: 'browser', pid: crypto.getRandomValues(new Uint32Array(1))[0] ?? 0 };

/** Pages do not see each other: who left something unfinished may still be at it. */
export function isAlive(pid: number): boolean {
  return pid !== here.pid;
}
