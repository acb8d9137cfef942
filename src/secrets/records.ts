import * as v from 'valibot';

import { TirError } from '../tir/errors';
import { Secret, type Credentials } from '../tir/secret';
import type { Project } from '../tir/token';

/** A project that is signed in to. Its credentials are a record of their own. */
export interface Connection extends Project {
  /** Made of project, location and account, so that signing in again replaces and does not double: `p-123-delhi`. */
  readonly id: string;
  readonly label: string;
}

/** The token that terminals get. */
export interface TokenInUse {
  readonly connectionId: string;
  readonly id: number;
  readonly name: string;
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
const credentials = v.object({ token: v.string(), apiKey: v.optional(v.string()) });
const connectionRecord = v.object({
  v: version,
  id: v.string(),
  label: v.string(),
  projectId: v.number(),
  location: v.string(),
  activeIam: v.optional(v.number()),
  credentials,
});
const valueRecord = v.object({ v: version, name: v.string(), credentials });
const inUseRecord = v.object({ v: version, connectionId: v.string(), id: v.number(), name: v.string() });

export interface SignedIn {
  readonly connection: Connection;
  readonly credentials: Credentials;
}

export function writeConnection({ connection, credentials: opened }: SignedIn): string {
  return JSON.stringify({ v: 1, ...connection, credentials: open(opened) });
}

export function readConnection(text: string): SignedIn {
  const { id, label, projectId, location, activeIam, credentials: kept } = read(connectionRecord, text, 'a connection');
  const connection = { id, label, projectId, location, ...(activeIam !== undefined && { activeIam }) };
  return { connection, credentials: close(kept) };
}

/** A token whose value is stored; with its name, so that it can be put to use without asking the API. */
export interface StoredToken {
  readonly name: string;
  readonly credentials: Credentials;
}

export function writeValue({ name, credentials: opened }: StoredToken): string {
  return JSON.stringify({ v: 1, name, credentials: open(opened) });
}

export function readValue(text: string): StoredToken {
  const { name, credentials: kept } = read(valueRecord, text, 'a token value');
  return { name, credentials: close(kept) };
}

export function writeInUse(token: TokenInUse): string {
  return JSON.stringify({ v: 1, ...token });
}

export function readInUse(text: string): TokenInUse {
  const { connectionId: connection, id, name } = read(inUseRecord, text, 'the token in use');
  return { connectionId: connection, id, name };
}

function open({ token, apiKey }: Credentials): v.InferOutput<typeof credentials> {
  return { token: token.reveal(), ...(apiKey && { apiKey: apiKey.reveal() }) };
}

function close({ token, apiKey }: v.InferOutput<typeof credentials>): Credentials {
  return { token: new Secret(token), ...(apiKey !== undefined && { apiKey: new Secret(apiKey) }) };
}

/** valibot's issues quote what they found, so none of them goes into the error. */
function read<S extends v.GenericSchema>(schema: S, text: string, what: string): v.InferOutput<S> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  const parsed = v.safeParse(schema, json);
  if (!parsed.success) {
    throw new TirError('storage-failed', `the stored record of ${what} cannot be read`);
  }
  return parsed.output;
}
