import { TirError, toTirError } from '../base/errors';
import type { Token } from './token';

/** The tokens of one connection as they are known here. */
export interface TokenList {
  readonly tokens: readonly Token[];
  /** Milliseconds since 1970 of the last answer; undefined before the first. */
  readonly at: number | undefined;
  /** Why the last call failed; `tokens` are then those of the answer before. */
  readonly error: TirError | undefined;
  readonly loading: boolean;
}

const notLoaded: TokenList = { tokens: [], at: undefined, error: undefined, loading: false };

/**
 * The last list of every connection. Whoever asks while a call is under way shares that call, so there is
 * at most one a connection; and an older answer never replaces a newer change.
 */
export class TokenLists {
  readonly #lists = new Map<string, TokenList>();
  readonly #calls = new Map<string, Promise<readonly Token[]>>();
  readonly #listeners = new Set<(connectionId: string) => void>();

  constructor(private readonly load: (connectionId: string) => Promise<Token[]>) {}

  current(connectionId: string): TokenList {
    return this.#lists.get(connectionId) ?? notLoaded;
  }

  /** Whether any list is being loaded. */
  get loading(): boolean {
    return this.#calls.size > 0;
  }

  /** The tokens: those at hand from an answer that did not fail since, else from a call. Throws {@link TirError}. */
  async get(connectionId: string): Promise<readonly Token[]> {
    const list = this.current(connectionId);
    return list.at === undefined || list.error ? this.refresh(connectionId) : list.tokens;
  }

  /** Calls the API, or joins the call that is under way. Throws {@link TirError}, and keeps the tokens it had. */
  refresh(connectionId: string): Promise<readonly Token[]> {
    const running = this.#calls.get(connectionId);
    if (running) {
      return running;
    }
    const call: Promise<readonly Token[]> = this.#settle(connectionId, () => this.#calls.get(connectionId) === call);
    this.#calls.set(connectionId, call);
    this.#update(connectionId, { loading: true });
    return call;
  }

  async #settle(connectionId: string, isLatest: () => boolean): Promise<readonly Token[]> {
    try {
      const tokens = await this.load(connectionId);
      if (!isLatest()) {
        // Changed meanwhile: what was asked then is what the call after it answers.
        return await (this.#calls.get(connectionId) ?? this.get(connectionId));
      }
      this.put(connectionId, tokens);
      return tokens;
    } catch (thrown) {
      const error = toTirError(thrown);
      if (isLatest()) {
        this.#calls.delete(connectionId);
        this.#update(connectionId, { error, loading: false });
      }
      throw error;
    }
  }

  /** After signing in: the answer of the call that proved it. */
  put(connectionId: string, tokens: readonly Token[]): void {
    this.#calls.delete(connectionId);
    this.#update(connectionId, { tokens, at: Date.now(), error: undefined, loading: false });
  }

  /** After a creation: shows the token without another call. */
  add(connectionId: string, token: Token): void {
    this.#change(connectionId, (tokens) => [...tokens.filter(({ id }) => id !== token.id), token]);
  }

  /** After a deletion: shows the list without the token, without another call. */
  remove(connectionId: string, id: number): void {
    this.#change(connectionId, (tokens) => tokens.filter((token) => token.id !== id));
  }

  /** After signing out, or in again in another window: the next who asks gets a new answer. */
  forget(connectionId: string): void {
    this.#calls.delete(connectionId);
    this.#lists.delete(connectionId);
    this.#notify(connectionId);
  }

  onDidChange(listener: (connectionId: string) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  /** A call that is under way may have been answered before this change: it is sent anew. */
  #change(connectionId: string, change: (tokens: readonly Token[]) => readonly Token[]): void {
    const list = this.current(connectionId);
    this.#update(connectionId, { tokens: change(list.tokens) });
    if (this.#calls.delete(connectionId)) {
      this.refresh(connectionId).catch(() => undefined);
    }
  }

  #update(connectionId: string, change: Partial<TokenList>): void {
    this.#lists.set(connectionId, { ...this.current(connectionId), ...change });
    this.#notify(connectionId);
  }

  #notify(connectionId: string): void {
    for (const listener of this.#listeners) {
      listener(connectionId);
    }
  }
}
