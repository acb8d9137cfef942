import type { Rotation } from './records';

/* Keys of the records in SecretStorage. A prefix is followed by the name of a record. */

export const connectionPrefix = 'connection:';
export const valuePrefix = 'value:';
export const rotationPrefix = 'rotation:';
export const inUsePrefix = 'in-use:';
/** The token in use in every terminal, except in folders that have a token in use under {@link inUsePrefix}. */
export const inUseKey = 'in-use';
/** Records that are stored and deleted again, to check that the storage works. */
export const probePrefix = 'probe:';

export function valueKey(connectionId: string, tokenId: number | ''): string {
  return `${valuePrefix}${connectionId}:${tokenId}`;
}

/** @param folder URI of a workspace folder */
export function useKey(folder: string | undefined): string {
  return folder === undefined ? inUseKey : inUsePrefix + folder;
}

export function rotationKey({ connectionId, oldId }: Pick<Rotation, 'connectionId' | 'oldId'>): string {
  return `${rotationPrefix}${connectionId}:${oldId}`;
}

/** Returns which kind of record a key holds; undefined if listeners don't need it (probes and the index of keys). */
export function changeOf(key: string): StoreChange | undefined {
  if (key.startsWith(connectionPrefix)) {
    return { kind: 'connection', connectionId: key.slice(connectionPrefix.length) };
  }
  const kind = key === inUseKey ? 'in-use' : key.slice(0, key.indexOf(':'));
  return kind === 'in-use' || kind === 'value' || kind === 'rotation' ? { kind } : undefined;
}

/** A change to a stored record, in this window or another one. */
export type StoreChange =
  { readonly kind: 'connection'; readonly connectionId: string } | { readonly kind: 'value' | 'in-use' | 'rotation' };
