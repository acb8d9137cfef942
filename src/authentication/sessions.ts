import type { Secret } from '../base/secret';
import {
  type Connection,
  sameToken,
  type StoredToken,
  type NamedToken,
  type TokenRef,
  type Use,
} from '../secrets/records';
import { expiryState } from '../tir/token';

/** A project that is signed in to, and the token of it that other extensions get. */
export interface Session {
  /** The connection's, so that it stays when another token takes the place of this one. */
  readonly id: string;
  readonly projectId: number;
  /** What the editor calls the account, and remembers by whom it may be used. */
  readonly label: string;
  readonly token: NamedToken;
  readonly value: Secret;
  /** Whether terminals get the token too. */
  readonly inUse: boolean;
}

/** What a session is made of. */
export interface ProjectTokens {
  readonly connection: Connection;
  readonly label: string;
  /** Those of its tokens whose values are stored here and that are not known to be gone. */
  readonly tokens: readonly (StoredToken & { readonly id: number })[];
}

export interface SessionFacts {
  readonly uses: readonly Use[];
  /** When another extension last asked and a token was what it got: milliseconds since 1970. */
  readonly lastGiven: (ref: TokenRef) => number | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The session of each project that has a token to give. */
export function sessionsOf(projects: readonly ProjectTokens[], knowledge: SessionFacts): Session[] {
  return projects.flatMap((project) => sessionOf(project, knowledge) ?? []);
}

/**
 * The token in use in all terminals comes first, then one that is in use in those of a folder, the one that was given
 * last, and the newest. So a project whose token is not in use has a session too, and terminals keep theirs.
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
 * The project that scopes ask for, which is none in particular where there are no scopes; undefined where they ask for
 * what no session has.
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

/** What became of the sessions; undefined where all are as they were. */
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
