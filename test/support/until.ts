import { setTimeout as wait } from 'node:timers/promises';

/** Waits, within generous limits, until a probe finds something. @param what it is, for the failure */
export async function until<T>(what: string, probe: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (const start = Date.now(); Date.now() - start < 100_000;) {
    const found = await probe();
    if (found !== undefined && found !== false) {
      return found;
    }
    await wait(20);
  }
  throw new Error(`Not within 100 seconds: ${what}`);
}
