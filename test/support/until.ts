import { setTimeout as wait } from 'node:timers/promises';

/** Waits up to 100 seconds until `probe` returns neither undefined nor false. @param what is awaited, for the error */
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
