import * as v from 'valibot';

import { TirError } from '../base/errors';
import { type Credentials, Secret } from '../base/secret';
import type { Project, Token } from '../tir/token';

/** A project that is signed in to. Its credentials are a record of their own. */
export interface Connection extends Project {
  /** Made of project, location and account, so that signing in again replaces and does not double: `p-123-delhi`. */
  readonly id: string;
  readonly label: string;
  /** Which of the project's tokens it is signed in with; `null` where nobody could say, undefined before that was asked. */
  readonly signInTokenId?: number | null;
  /** Extra names of variables that have the value of its token in use. */
  readonly variables?: readonly string[];
}

/** A token by the place where it is. */
export interface TokenRef {
  readonly connectionId: string;
  readonly id: number;
}

/** The token that terminals get. */
export interface NamedToken extends TokenRef {
  readonly name: string;
}

/** A token in use, and where. */
export interface Use extends NamedToken {
  /** URI of the one workspace folder whose terminals get it; undefined for all that have none of their own. */
  readonly folder: string | undefined;
}

/** A rotation that is under way, so that it can be finished or taken back by whoever finds it. */
export interface Rotation {
  readonly connectionId: string;
  readonly oldId: number;
  readonly oldName: string;
  readonly newName: string;
  /** Set once the successor is there and its value is stored. */
  readonly newId?: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Who works on it, and since when: the machine, the process, milliseconds since 1970. */
  readonly at: number;
  readonly host: string;
  readonly pid: number;
}

/** A token's place as one word, for what is kept or drawn by token. */
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
 * What is kept, as JSON texts of SecretStorage. `v` is the record's version: a record of a version that is
 * not known here is refused, never guessed at or overwritten.
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
  variables: v.optional(v.array(v.string())),
  credentials,
});
const valueRecord = v.object({
  v: version,
  name: v.string(),
  created: v.optional(v.union([v.number(), v.string()])),
  expires: v.optional(v.number()),
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
  host: v.string(),
  pid: v.number(),
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

/** A token whose value is stored; with what the list says of it, so that it can be used and watched without asking the API. */
export interface StoredToken extends Omit<Token, 'id'> {
  readonly credentials: Credentials;
}

export function writeValue({ name, created, expires, credentials: opened }: StoredToken): string {
  return JSON.stringify({ v: 1, name, created, expires, credentials: open(opened) });
}

export function readValue(text: string): StoredToken {
  const { name, created, expires, credentials: kept } = read(valueRecord, text, 'a token value');
  return { name, created, expires, credentials: close(kept) };
}

export function writeRotation(rotation: Rotation): string {
  return JSON.stringify({ v: 1, ...rotation });
}

export function readRotation(text: string): Rotation {
  const { v: _, ...rotation } = read(rotationRecord, text, 'a rotation');
  return rotation;
}

export function writeInUse(token: NamedToken): string {
  return JSON.stringify({ v: 1, ...token });
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

/** Whether a record is there that cannot be read; it fails alone, and not what is kept beside it. */
export function isUnreadable(error: unknown): error is TirError {
  return error instanceof TirError && error.details.record !== undefined;
}

/** Whether a text is a record of a later version of this extension, which is never overwritten. */
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

/** valibot's issues quote what they found, so none of them goes into the error. */
function read<S extends v.GenericSchema>(schema: S, text: string, what: string): v.InferOutput<S> {
  const parsed = v.safeParse(schema, parse(text));
  if (!parsed.success) {
    const record = isNewer(text) ? 'newer' : 'damaged';
    throw new TirError('storage-failed', `the stored record of ${what} cannot be read: it is ${record}`, { record });
  }
  return parsed.output;
}
