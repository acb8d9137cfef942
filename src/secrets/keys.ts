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
