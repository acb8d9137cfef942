import type { Secret } from '../base/secret';
import {
  type Connection,
  sameToken,
  type StoredToken,
  type NamedToken,
  type TokenRef,
  type Use,
} from '../secrets/records';
import { expiryState } from '../tir/times';

/** A project that's signed in to, with the token that other extensions get. */
export interface Session {
  /** The connection's ID, so it stays the same if another token replaces this one. */
  readonly id: string;
  readonly projectId: number;
  /** The account's name in VS Code, which also stores permissions by it. */
  readonly label: string;
  readonly token: NamedToken;
  readonly value: Secret;
  /** Whether the token is in use in terminals too. */
  readonly inUse: boolean;
}

/** A project and its stored tokens, from which its session is built. */
export interface ProjectTokens {
  readonly connection: Connection;
  readonly label: string;
  /** Tokens whose values are stored on this machine and that TIR isn't known to have deleted or refused. */
  readonly tokens: readonly (StoredToken & { readonly id: number })[];
}

/** What decides which of a project's tokens other extensions get. */
export interface SessionFacts {
  readonly uses: readonly Use[];
  /** When an extension last got the token: milliseconds since 1970. */
  readonly lastGiven: (ref: TokenRef) => number | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Returns a session for each project that has a usable token. */
export function sessionsOf(projects: readonly ProjectTokens[], knowledge: SessionFacts): Session[] {
  return projects.flatMap((project) => sessionOf(project, knowledge) ?? []);
}

/**
 * Picks the project's token in this order: in use in all terminals, in use in a folder's terminals, last given to an
 * extension, newest. So a project without a token in use has a session too, and terminals keep their token.
 */
function sessionOf({ connection, label, tokens }: ProjectTokens, knowledge: SessionFacts): Session | undefined {
  const { uses, lastGiven, now } = knowledge;
  const candidates = tokens
    .map((token) => {
      const ref = { connectionId: connection.id, id: token.id };
      const used = uses.filter((use) => sameToken(use, ref));
      const rank = used.some(({ folder }) => folder === undefined) ? 2 : Math.min(used.length, 1);
      return { token, ref, rank, given: lastGiven(ref) ?? 0 };
    })
    .filter(({ token }) => expiryState(token, now, 0) !== 'expired')
    .sort((a, b) => b.rank - a.rank || b.given - a.given || b.ref.id - a.ref.id);
  const [first] = candidates;
  return (
    first && {
      id: connection.id,
      projectId: connection.projectId,
      label,
      token: { ...first.ref, name: first.token.name },
      value: first.token.credentials.token,
      inUse: first.rank > 0,
    }
  );
}

export function scopeOf({ projectId }: Pick<Session, 'projectId'>): string {
  return `project:${projectId}`;
}

/**
 * Parses the scopes of a request. Without scopes, any project matches and `projectId` is undefined. Returns undefined
 * if no session can match.
 */
export function readScopes(scopes: readonly string[]): { readonly projectId: number | undefined } | undefined {
  const [scope, ...more] = scopes;
  if (scope === undefined) {
    return { projectId: undefined };
  }
  const digits = /^project:([1-9]\d{0,14})$/.exec(scope)?.[1];
  return digits === undefined || more.length > 0 ? undefined : { projectId: Number(digits) };
}

export interface Difference {
  readonly added: readonly Session[];
  readonly removed: readonly Session[];
  readonly changed: readonly Session[];
}

/** Compares two lists of sessions by ID. Returns undefined if nothing changed. */
export function difference(before: readonly Session[], after: readonly Session[]): Difference | undefined {
  const find = (sessions: readonly Session[], id: string) => sessions.find((session) => session.id === id);
  const added = after.filter(({ id }) => !find(before, id));
  const removed = before.filter(({ id }) => !find(after, id));
  const changed = after.filter((session) => {
    const old = find(before, session.id);
    return (
      old && !(old.value.equals(session.value) && sameToken(old.token, session.token) && old.label === session.label)
    );
  });
  return added.length + removed.length + changed.length > 0 ? { added, removed, changed } : undefined;
}
