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

/** A folder of another machine: the machine's ID, a colon, and the folder's URI there. */
const ofAnyMachine = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:/;

/**
 * The same path can be another folder on each machine that shares the storage, such as containers and SSH hosts.
 * @param folder as in {@link Use}
 * @param machine ID of this machine
 */
export function useKey(folder: string | undefined, machine: string): string {
  if (folder === undefined) {
    return inUseKey;
  }
  return inUsePrefix + (ofAnyMachine.test(folder) ? folder : `${machine}:${folder}`);
}

/** Returns the folder of a use's key. A folder of another machine has the machine's ID before its URI. */
export function folderOfKey(key: string, machine: string): string | undefined {
  const named = key.slice(inUsePrefix.length);
  return key === inUseKey ? undefined : named.startsWith(`${machine}:`) ? named.slice(machine.length + 1) : named;
}

export function isUseKey(key: string): boolean {
  return key === inUseKey || (key.startsWith(inUsePrefix) && ofAnyMachine.test(key.slice(inUsePrefix.length)));
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
