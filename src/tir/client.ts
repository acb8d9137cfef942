import { type ErrorCode, TirError } from '../base/errors';
import { type Credentials, quotable } from '../base/secret';
import { send } from './http';
import { retried, retryAfterSeconds, type Wait } from './retry';
import type { Project, Token } from './token';
import {
  type Answer,
  type Created,
  readClaimedId,
  readCreated,
  readEnvelope,
  readListedCredentials,
  readListedId,
  readTokens,
} from './wire';

export interface ClientOptions {
  /** Base URL: `…/myaccount/api/v1/gpu` or `…/tir/v1`, with or without a trailing slash. */
  readonly apiUrl: string;
  readonly timeoutSeconds: number;
  /** Waits between retries. Default: {@link pause}, in real time. */
  readonly wait?: Wait;
}

export interface FoundToken {
  readonly token: Token;
  readonly credentials: Credentials | undefined;
}

/**
 * Calls the token endpoints of the TIR API (API reference "Network → Security") for one project.
 * Every method throws {@link TirError}. Retries GET and DELETE after temporary failures, but never a POST.
 */
export class TirClient {
  readonly #base: URL;
  #clockAhead = 0;

  constructor(
    private readonly project: Project,
    private readonly credentials: Credentials,
    private readonly options: ClientOptions,
  ) {
    this.#base = readApiUrl(options.apiUrl);
  }

  /** Milliseconds that the server's clock was ahead of this machine's in the last answer; 0 if unknown. */
  get clockAhead(): number {
    return this.#clockAhead;
  }

  /** Lists the tokens that this person created in this project (`GET /auth-token/`). */
  async list(signal?: AbortSignal): Promise<Token[]> {
    return readTokens(await this.#list(signal));
  }

  /**
   * Lists the tokens and finds the one that this client signs in with: by its value or API key if the list contains
   * them, otherwise by the claims in its value. `selfId` is undefined if neither identifies it.
   */
  async listWithSelf(signal?: AbortSignal): Promise<{ tokens: Token[]; selfId: number | undefined }> {
    const data = await this.#list(signal);
    const tokens = readTokens(data);
    return { tokens, selfId: readListedId(data, this.credentials) ?? readClaimedId(this.credentials.token, tokens) };
  }

  /** Finds the first matching token in the list, with its credentials if the list contains them. */
  async find(which: (token: Token) => boolean, signal?: AbortSignal): Promise<FoundToken | undefined> {
    const data = await this.#list(signal);
    const token = readTokens(data).find(which);
    return token && { token, credentials: readListedCredentials(data, token.id) };
  }

  /** Creates a token (`POST /auth-token/`). Never retried: after `timeout` or `offline` the token may exist. */
  async create(name: string, signal?: AbortSignal): Promise<Created> {
    const answer = await this.#call('POST', 'auth-token/', signal, JSON.stringify({ token_name: name }));
    return readCreated(answer.data, name, Date.now() + this.#clockAhead);
  }

  /** Deletes a token (`DELETE /auth-token/{id}/`), which revokes it immediately and permanently. */
  async delete(id: number, signal?: AbortSignal): Promise<void> {
    await retried(
      async (attempt) => {
        try {
          await this.#call('DELETE', `auth-token/${id}/`, signal);
        } catch (error) {
          // An earlier attempt deleted the token, but its answer was lost.
          if (attempt > 1 && error instanceof TirError && error.code === 'not-found') {
            return;
          }
          throw error;
        }
      },
      signal,
      this.options.wait,
    );
  }

  async #list(signal: AbortSignal | undefined): Promise<unknown> {
    return (await retried(() => this.#call('GET', 'auth-token/', signal), signal, this.options.wait)).data;
  }

  async #call(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    signal: AbortSignal | undefined,
    body?: string,
  ): Promise<Answer> {
    const url = new URL(path, this.#base);
    url.searchParams.set('project_id', String(this.project.projectId));
    url.searchParams.set('location', this.project.location);
    if (this.project.activeIam !== undefined) {
      url.searchParams.set('active_iam', String(this.project.activeIam));
    }
    if (this.credentials.apiKey) {
      url.searchParams.set('apikey', this.credentials.apiKey.reveal());
    }
    const raw = await send({
      method,
      url,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${this.credentials.token.reveal()}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body }),
      timeoutSeconds: this.options.timeoutSeconds,
      signal,
    });
    const now = Date.now();
    this.#clockAhead = (raw.date ?? now) - now;
    if (raw.json === undefined && raw.status < 400) {
      throw new TirError('bad-response', 'the answer is not JSON', { status: raw.status, notJson: true });
    }
    // Gateways answer errors with HTML. The status is enough.
    const answer =
      raw.json === undefined
        ? { code: raw.status, data: undefined, serverMessage: undefined }
        : readEnvelope(raw.json, raw.status);
    if (answer.code >= 400) {
      throw this.#refusal(answer, raw.retryAfter, calls[method]);
    }
    return answer;
  }

  #refusal(answer: Answer, retryAfter: string | null, call: 'list' | 'create' | 'delete'): TirError {
    const seconds = retryAfterSeconds(retryAfter, Date.now() + this.#clockAhead);
    const says = answer.serverMessage === undefined ? undefined : quotable(answer.serverMessage, this.credentials);
    return new TirError(errorCodeOf(answer.code), `HTTP ${answer.code}${says ? `: ${says}` : ''}`, {
      status: answer.code,
      call,
      ...(says && { serverSays: says }),
      ...(seconds !== undefined && { retryAfterSeconds: seconds }),
    });
  }
}

const calls = { GET: 'list', POST: 'create', DELETE: 'delete' } as const;

/**
 * Parses the base URL and adds a trailing slash.
 * @throws TirError `invalid-input` unless it's https, or http on this machine: the requests contain credentials
 */
export function readApiUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url !== undefined && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && loopback)) || url.username || url.password) {
    throw new TirError('invalid-input', 'tir.apiUrl must be an https: address, or http: on this machine');
  }
  url.search = '';
  url.hash = '';
  url.pathname = url.pathname.replace(/\/*$/, '/');
  return url;
}

function errorCodeOf(status: number): ErrorCode {
  switch (status) {
    case 400:
    case 422:
      return 'invalid-input';
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
    case 410:
      return 'not-found';
    case 409:
      return 'conflict';
    case 408:
      return 'timeout';
    case 429:
      return 'rate-limited';
    default:
      return status >= 500 ? 'server-error' : 'bad-response';
  }
}
