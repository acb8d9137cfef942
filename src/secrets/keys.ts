import type { Rotation } from './records';

/* The keys under which records are kept in SecretStorage. */

export const connectionPrefix = 'connection:';
export const valuePrefix = 'value:';
export const rotationPrefix = 'rotation:';
export const inUsePrefix = 'in-use:';
/** The token in use in all terminals that have none of their own folder. */
export const inUseKey = 'in-use';
/** Stored and deleted again, to see whether that works. */
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

/** What the record of a key is of; undefined where that concerns nobody. */
export function changeOf(key: string): StoreChange | undefined {
  if (key.startsWith(connectionPrefix)) {
    return { kind: 'connection', connectionId: key.slice(connectionPrefix.length) };
  }
  const kind = key === inUseKey ? 'in-use' : key.slice(0, key.indexOf(':'));
  return kind === 'in-use' || kind === 'value' || kind === 'rotation' ? { kind } : undefined;
}

/** What changed, in this window or another one. */
export type StoreChange =
  { readonly kind: 'connection'; readonly connectionId: string } | { readonly kind: 'value' | 'in-use' | 'rotation' };
