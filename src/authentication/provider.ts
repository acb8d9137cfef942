import * as vscode from 'vscode';

import { Disposable, onTrustOrSetting } from '../base/disposable';
import { coalesced } from '../base/async';
import { refusal, type TirError } from '../base/errors';
import { concernsThisWindow } from '../base/folders';
import type { Secret } from '../base/secret';
import { plain } from '../base/text';
import { settings } from '../base/settings';
import { type Connection, tokenKey } from '../secrets/records';
import type { Services } from '../services';
import { day } from '../tir/times';
import { defaultLabel } from '../tir/token';
import { toUserError } from '../view/failure';
import { difference, readScopes, scopeOf, type Session, sessionsOf } from './sessions';

type Change = vscode.AuthenticationProviderAuthenticationSessionsChangeEvent;

/**
 * Provides a session for each project that's signed in to. A session belongs to the project and not to a token, so
 * rotating or switching the token changes the session. VS Code also requests sessions for its own menus, and waits for
 * each answer before the next request. It reads an extension's sessions before it asks the person to allow them, so a
 * recorded session may have been withheld. Events carry no value.
 */
export class TirAuthentication extends Disposable implements vscode.AuthenticationProvider {
  readonly #changed = this.register(new vscode.EventEmitter<Change>());
  /** The sessions at the last update; undefined before the first. */
  #sessions: readonly Session[] | undefined;
  /** The value last recorded as given to an extension, by session ID. */
  readonly #recorded = new Map<string, Secret>();
  /** When this window first saw a token's value stored, by {@link tokenKey}: milliseconds since 1970. */
  readonly #knownSince = new Map<string, number>();

  readonly onDidChangeSessions = this.#changed.event;

  constructor(private readonly services: Services) {
    super();
    const follow = () => {
      this.update().catch((error: unknown) => {
        services.log.error(String(error));
      });
    };
    this.register(services.store.onDidChange(follow));
    this.register(services.lists.onDidChange(follow));
    this.register(onTrustOrSetting('tir.authentication', follow));
    follow();
  }

  /**
   * Returns the sessions that match the scopes and the account.
   * @param scopes `project:<id>`, or empty for all; undefined if VS Code asks for itself
   */
  async getSessions(
    scopes: readonly string[] | undefined,
    { account }: vscode.AuthenticationProviderSessionOptions,
  ): Promise<vscode.AuthenticationSession[]> {
    const sessions = await this.#withUserError(this.update());
    const wanted = readScopes(scopes ?? []);
    const found = sessions.filter(
      ({ id, projectId }) => wanted && projectId === (wanted.projectId ?? projectId) && id === (account?.id ?? id),
    );
    if (scopes) {
      await Promise.all(found.map((session) => this.#record(session)));
    }
    return found.map(toVSCodeSession);
  }

  /**
   * Gets a token for another extension. Asks the person to choose or to sign in if needed.
   * @throws TirError with a message for people, or VS Code's `CancellationError` if the person cancels
   */
  createSession(
    scopes: readonly string[],
    { account }: vscode.AuthenticationProviderSessionOptions,
  ): Promise<vscode.AuthenticationSession> {
    return this.#withUserError(this.#create(scopes, account?.id));
  }

  /** Signs out of the session's project after the person confirms what that deletes. */
  async removeSession(id: string): Promise<void> {
    const { signOut } = await import('../commands/run');
    await this.#withUserError(
      signOut(this.services, { argument: { connectionId: id }, selection: [], interactive: true }),
    );
    await this.#withUserError(this.update());
  }

  /** Rereads the sessions, fires `onDidChangeSessions` if they changed, and resolves to them. */
  readonly update = coalesced(() => this.#apply());

  async #create(scopes: readonly string[], connectionId: string | undefined): Promise<vscode.AuthenticationSession> {
    const reason = reasonWithheld();
    if (reason) {
      throw reason;
    }
    const wanted = readScopes(scopes);
    if (!wanted) {
      const why = vscode.l10n.t('Pass one scope that names a project by its ID, such as project:12345.');
      throw refusal('invalid-input', why);
    }
    const { obtainToken } = await import('../commands/run');
    const id = await obtainToken(this.services, { ...wanted, connectionId }, () => this.update());
    const session = (await this.update()).find((candidate) => candidate.id === id);
    if (!session) {
      throw refusal('value-not-stored', vscode.l10n.t('The project has no working token. Create one, then try again.'));
    }
    await this.#record(session);
    return toVSCodeSession(session);
  }

  async #apply(): Promise<readonly Session[]> {
    const before = this.#sessions;
    const now = await this.#read();
    this.#sessions = now;
    const change = before && difference(before, now);
    if (change) {
      change.removed.forEach(({ id }) => this.#recorded.delete(id));
      this.#changed.fire({
        added: change.added.map(withoutToken),
        removed: change.removed.map(withoutToken),
        changed: change.changed.map(withoutToken),
      });
    }
    return now;
  }

  async #read(): Promise<Session[]> {
    if (reasonWithheld()) {
      return [];
    }
    const { store, usage, now } = this.services;
    const connections = await store.connections();
    const projects = await Promise.all(
      connections.map(async (connection) => {
        const stored = await store.storedTokens(connection.id);
        const tokens = stored.filter(({ id }) => !this.#isGone(connection, id));
        return { connection, label: accountLabel(connection), tokens };
      }),
    );
    return sessionsOf(projects, {
      // A folder's token matters in its windows, and not on other machines that share the storage.
      uses: (await store.uses()).filter(concernsThisWindow),
      lastGiven: (ref) => usage.of(ref).session,
      now: now(),
    });
  }

  /** Checks whether TIR deleted or refuses the token. Ignores a list from before its value was stored. */
  #isGone({ id: connectionId, signInTokenId }: Connection, id: number): boolean {
    const key = tokenKey({ connectionId, id });
    const seen = this.#knownSince.get(key) ?? Date.now();
    this.#knownSince.set(key, seen);
    const { at, tokens, error } = this.services.lists.current(connectionId);
    const isMissing = at !== undefined && at > seen && !tokens.some((token) => token.id === id);
    return isMissing || (error?.code === 'unauthorized' && signInTokenId === id);
  }

  /**
   * Records that a session was given, but each value only once, because sessions are requested over and over. Only
   * VS Code knows which extension asked and whether the person allows it.
   */
  async #record({ id, value, token }: Session): Promise<void> {
    const { usage, now } = this.services;
    const isKnown = this.#recorded.get(id)?.equals(value) === true;
    if (isKnown && now() - (usage.of(token).session ?? 0) >= day) {
      // So the token doesn't count as unused.
      await usage.note(token, 'session');
    }
    if (!isKnown) {
      this.#recorded.set(id, value);
      const { recordExport } = await import('../commands/run');
      await recordExport(this.services, 'session', token);
    }
  }

  async #withUserError<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (thrown) {
      const error = toUserError(this.services, thrown);
      throw error.code === 'cancelled' ? new vscode.CancellationError() : error;
    }
  }
}

/** Returns the reason why no extension gets a token in this window; undefined if they may. */
function reasonWithheld(): TirError | undefined {
  if (!settings.authenticationEnabled()) {
    return refusal(
      'forbidden',
      vscode.l10n.t(
        "Other extensions can't use tokens, because the setting tir.authentication.enabled is off. Turn it on first.",
      ),
    );
  }
  return vscode.workspace.isTrusted
    ? undefined
    : refusal(
        'untrusted-workspace',
        vscode.l10n.t("Other extensions can't use tokens in an untrusted workspace. Trust it first."),
      );
}

/**
 * Returns the label of the account for a project. VS Code stores permissions by this text, so it must be unique:
 * a label that a person chose may be used for two projects, so the connection's ID is appended.
 */
function accountLabel(connection: Connection): string {
  const label = plain(connection.label);
  return connection.label === defaultLabel(connection) ? label : `${label} (${connection.id})`;
}

/** Builds the session that VS Code gets, with the token's value in plain text. */
function toVSCodeSession(session: Session): vscode.AuthenticationSession {
  return { ...withoutToken(session), accessToken: session.value.reveal() };
}

/** Builds a session without its token, for events: VS Code only needs to know which sessions they're about. */
function withoutToken(session: Session): vscode.AuthenticationSession {
  const { id, label } = session;
  return { id, accessToken: '', account: { id, label }, scopes: [scopeOf(session)] };
}
