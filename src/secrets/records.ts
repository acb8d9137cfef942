import * as v from 'valibot';

import { TirError } from '../base/errors';
import { type Credentials, Secret } from '../base/secret';
import { readTimes } from '../tir/times';
import type { Project, Token } from '../tir/token';

/** A signed-in project, without its credentials (see {@link SignedIn}). */
export interface Connection extends Project {
  /** Built from project, location and account, so signing in again replaces the record: `p-123-delhi`. */
  readonly id: string;
  readonly label: string;
  /** ID of the token that the project is signed in with; `null` if the person didn't know, undefined if not asked. */
  readonly signInTokenId?: number | null;
  /** ID of the project's team on TIR; undefined if not known. The TIR Python SDK asks for it. */
  readonly teamId?: number;
  /** Extra names of environment variables that hold the value of the project's token in use. */
  readonly variables?: readonly string[];
}

/** Identifies a token by its project and its ID on TIR. */
export interface TokenRef {
  readonly connectionId: string;
  readonly id: number;
}

export interface NamedToken extends TokenRef {
  readonly name: string;
}

/** A token in use, and its scope. */
export interface Use extends NamedToken {
  /**
   * URI of the only workspace folder whose terminals get it; undefined for the token of all other terminals. Of a folder
   * on another machine that shares this storage, the machine's ID is before it.
   */
  readonly folder: string | undefined;
}

/** A rotation in progress, stored so any window can finish or undo it. */
export interface Rotation {
  readonly connectionId: string;
  readonly oldId: number;
  readonly oldName: string;
  readonly newName: string;
  /** ID of the new token, set once its value is stored. */
  readonly newId?: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** When the window that works on it last said so, in milliseconds since 1970 by that window's clock. */
  readonly at: number;
  /** Random ID of that window. */
  readonly window: string;
}

/** Returns a token's key in maps and stored state. */
export function tokenKey({ connectionId, id }: TokenRef): string {
  return `${connectionId}/${id}`;
}

export function sameToken(a: TokenRef | undefined, b: TokenRef | undefined): boolean {
  return a !== undefined && a.connectionId === b?.connectionId && a.id === b.id;
}

export function connectionId(project: Project): string {
  const account = project.activeIam === undefined ? '' : `-iam${project.activeIam}`;
  return `p-${project.projectId}-${project.location.toLowerCase()}${account}`;
}

/*
 * Records, stored as JSON in SecretStorage. `v` is the version of a record's format. A record of an unknown version is
 * refused, not guessed at, and one of a newer version is never overwritten. If you add a version, add a record of it to
 * `test/unit/secrets/storedVersions.json`, which has one of every released version.
 */

const version = v.literal(1);
const newerRecord = v.object({ v: v.pipe(v.number(), v.minValue(2)) });
const credentials = v.object({ token: v.string(), apiKey: v.optional(v.string()) });
const connectionRecord = v.object({
  v: version,
  id: v.string(),
  label: v.string(),
  projectId: v.number(),
  location: v.string(),
  activeIam: v.optional(v.number()),
  signInTokenId: v.optional(v.nullable(v.number())),
  teamId: v.optional(v.number()),
  variables: v.optional(v.array(v.string())),
  credentials,
});
const valueRecord = v.object({
  v: version,
  name: v.string(),
  created: v.optional(v.union([v.number(), v.string()])),
  expires: v.optional(v.number()),
  rotation: v.optional(v.number()),
  credentials,
});
const inUseRecord = v.object({ v: version, connectionId: v.string(), id: v.number(), name: v.string() });
const rotationRecord = v.object({
  v: version,
  connectionId: v.string(),
  oldId: v.number(),
  oldName: v.string(),
  newName: v.string(),
  newId: v.optional(v.number()),
  startedAt: v.number(),
  at: v.number(),
  window: v.optional(v.string(), ''),
});

export interface SignedIn {
  readonly connection: Connection;
  readonly credentials: Credentials;
}

export function writeConnection({ connection, credentials: opened }: SignedIn): string {
  return JSON.stringify({ v: 1, ...connection, credentials: open(opened) });
}

export function readConnection(text: string): SignedIn {
  const { v: _, credentials: kept, ...connection } = read(connectionRecord, text, 'a connection');
  return { connection, credentials: close(kept) };
}

/** A token with its value. Its name and dates are stored too, so using it and watching its expiry need no call. */
export interface StoredToken extends Omit<Token, 'id'> {
  readonly credentials: Credentials;
  /** When the rotation began that created it; see {@link Rotation}. Undefined if none did. */
  readonly rotation?: number;
}

export function writeValue({ name, created, expires, rotation, credentials: opened }: StoredToken): string {
  // Don't store a day: the creation implies it, and every list repeats it.
  const time = typeof expires === 'number' ? expires : undefined;
  return JSON.stringify({ v: 1, name, created, expires: time, rotation, credentials: open(opened) });
}

export function readValue(text: string): StoredToken {
  const { name, created, expires, rotation, credentials: kept } = read(valueRecord, text, 'a token value');
  const opened = close(kept);
  const times = readTimes(opened.token, created, expires);
  return { name, ...times, ...(rotation !== undefined && { rotation }), credentials: opened };
}

export function writeRotation(rotation: Rotation): string {
  return JSON.stringify({ v: 1, ...rotation });
}

export function readRotation(text: string): Rotation {
  const { v: _, ...rotation } = read(rotationRecord, text, 'a rotation');
  return rotation;
}

export function writeInUse({ connectionId, id, name }: NamedToken): string {
  return JSON.stringify({ v: 1, connectionId, id, name });
}

export function readInUse(text: string): NamedToken {
  const { connectionId: connection, id, name } = read(inUseRecord, text, 'the token in use');
  return { connectionId: connection, id, name };
}

function open({ token, apiKey }: Credentials): v.InferOutput<typeof credentials> {
  return { token: token.reveal(), ...(apiKey && { apiKey: apiKey.reveal() }) };
}

function close({ token, apiKey }: v.InferOutput<typeof credentials>): Credentials {
  return { token: new Secret(token), ...(apiKey !== undefined && { apiKey: new Secret(apiKey) }) };
}

/** Checks if an error is about a single record that can't be read, rather than about the storage. */
export function isUnreadable(error: unknown): error is TirError {
  return error instanceof TirError && error.details.record !== undefined;
}

/** Checks if a record was written by a newer version of this extension. Such records are never overwritten. */
export function isNewer(text: string): boolean {
  const parsed = v.safeParse(newerRecord, parse(text));
  return parsed.success;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Parses a record. The error contains none of valibot's issues, because they quote the input. */
function read<S extends v.GenericSchema>(schema: S, text: string, what: string): v.InferOutput<S> {
  const parsed = v.safeParse(schema, parse(text));
  if (!parsed.success) {
    const record = isNewer(text) ? 'newer' : 'damaged';
    throw new TirError('storage-failed', `the stored record of ${what} cannot be read: it is ${record}`, { record });
  }
  return parsed.output;
}
