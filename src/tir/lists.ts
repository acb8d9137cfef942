import { TirError, toTirError } from '../base/errors';
import type { Token } from './token';

/** A project's tokens, as far as this window knows. */
export interface TokenList {
  readonly tokens: readonly Token[];
  /** When the last answer arrived, in milliseconds since 1970; undefined before the first. */
  readonly at: number | undefined;
  /** Why the last call failed. `tokens` is then still the previous list. */
  readonly error: TirError | undefined;
  readonly loading: boolean;
}

const notLoaded: TokenList = { tokens: [], at: undefined, error: undefined, loading: false };

/** A call under way. */
interface Call {
  answer: Promise<readonly Token[]>;
  readonly controller: AbortController;
  /** Number of requests that can still be canceled. */
  waiting: number;
  /** Whether a request waits that can't be canceled. */
  isKept: boolean;
}

/**
 * Caches the last list of each project. Requests made during a call share it, and it ends once all of them are
 * canceled. An answer never replaces a change that was made after its call began.
 */
export class TokenLists {
  readonly #lists = new Map<string, TokenList>();
  readonly #calls = new Map<string, Call>();
  readonly #listeners = new Set<(connectionId: string) => void>();

  constructor(private readonly load: (connectionId: string, signal: AbortSignal) => Promise<Token[]>) {}

  current(connectionId: string): TokenList {
    return this.#lists.get(connectionId) ?? notLoaded;
  }

  /** Whether any list is being loaded. */
  get loading(): boolean {
    return this.#calls.size > 0;
  }

  /** Returns the cached tokens. Loads them if there are none or the last call failed. Throws {@link TirError}. */
  async get(connectionId: string, signal?: AbortSignal): Promise<readonly Token[]> {
    const list = this.current(connectionId);
    return list.at === undefined || list.error ? this.refresh(connectionId, signal) : list.tokens;
  }

  /** Loads the list, or joins a call in progress. On failure, keeps the cached tokens and throws {@link TirError}. */
  refresh(connectionId: string, signal?: AbortSignal): Promise<readonly Token[]> {
    const call = this.#calls.get(connectionId) ?? this.#begin(connectionId);
    if (signal) {
      call.waiting++;
      signal.addEventListener('abort', () => {
        if (--call.waiting === 0 && !call.isKept) {
          this.#cancel(connectionId, call);
        }
      });
    } else {
      call.isKept = true;
    }
    return call.answer;
  }

  /** Ends a call at once, so later requests don't join it. */
  #cancel(connectionId: string, call: Call): void {
    if (this.#calls.get(connectionId) === call) {
      this.#calls.delete(connectionId);
      this.#update(connectionId, { loading: false });
    }
    call.controller.abort();
  }

  #begin(connectionId: string): Call {
    const call: Call = {
      answer: Promise.resolve([]),
      controller: new AbortController(),
      waiting: 0,
      isKept: false,
    };
    const isLatest = () => this.#calls.get(connectionId) === call;
    call.answer = this.#settle(connectionId, call.controller.signal, isLatest);
    this.#calls.set(connectionId, call);
    this.#update(connectionId, { loading: true });
    return call;
  }

  async #settle(connectionId: string, signal: AbortSignal, isLatest: () => boolean): Promise<readonly Token[]> {
    try {
      const tokens = await this.load(connectionId, signal);
      if (!isLatest()) {
        signal.throwIfAborted();
        // The list has changed since this call began, so its answer is outdated. Use a newer one.
        return await (this.#calls.get(connectionId)?.answer ?? this.get(connectionId));
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

  /** Caches a list that was just loaded, by this class or to test a sign-in. */
  put(connectionId: string, tokens: readonly Token[]): void {
    this.#calls.delete(connectionId);
    this.#update(connectionId, { tokens, at: Date.now(), error: undefined, loading: false });
  }

  /** Adds a created token, so the list needn't be reloaded. */
  add(connectionId: string, token: Token): void {
    this.#change(connectionId, (tokens) => [...tokens.filter(({ id }) => id !== token.id), token]);
  }

  /** Removes a deleted token, so the list needn't be reloaded. */
  remove(connectionId: string, id: number): void {
    this.#change(connectionId, (tokens) => tokens.filter((token) => token.id !== id));
  }

  /** Drops the list after signing out, or signing in again in another window. The next request loads it. */
  forget(connectionId: string): void {
    this.#calls.delete(connectionId);
    this.#lists.delete(connectionId);
    this.#notify(connectionId);
  }

  onDidChange(listener: (connectionId: string) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  /** Changes the cached tokens. Repeats a call in progress, because its answer may not include the change. */
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
