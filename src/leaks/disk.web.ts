/** A browser has no disk, and no editor in it gives a file an address on one. */
export const readFromDisk: (path: string, maxBytes: number) => Promise<Uint8Array | undefined> = () =>
  Promise.resolve(undefined);
