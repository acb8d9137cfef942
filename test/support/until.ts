import { setTimeout as wait } from 'node:timers/promises';

/** Waits until `probe` returns neither undefined nor false. @param what is awaited, for the error */
export async function until<T>(
  what: string,
  probe: () => T | undefined | Promise<T | undefined>,
  seconds = 100,
): Promise<T> {
  for (const start = Date.now(); Date.now() - start < seconds * 1000;) {
    const found = await probe();
    if (found !== undefined && found !== false) {
      return found;
    }
    await wait(20);
  }
  throw new Error(`Not within ${seconds} seconds: ${what}`);
}
