import { l10n } from 'vscode';

import { type ErrorCode, refusal, TirError } from '../base/errors';
import { type Credentials, quotable } from '../base/secret';
import { type RawAnswer, send } from './http';
import { retried, retryAfterSeconds, type Wait } from './retry';
import type { Project, Token } from './token';
import {
  type Account,
  type Answer,
  type Created,
  limits,
  readAccounts,
  readCreated,
  readEnvelope,
  readListedCredentials,
  readListedId,
  readTokens,
  saysNameTaken,
} from './wire';

export interface ClientOptions {
  /** Base URL: `…/myaccount/api/v1/gpu` or `…/tir/v1`, with or without a trailing slash. */
  readonly apiUrl: string;
  readonly timeoutSeconds: number;
  /** The `User-Agent`, which the gateway in front of TIR requires. */
  readonly userAgent: string;
  /** Waits between retries. Default: {@link pause}, in real time. */
  readonly wait?: Wait;
}

/** The listed token with certain credentials. */
export interface Match {
  readonly id: number;
  /** As the list has them; undefined if it has no value, so that only the API key matched. */
  readonly credentials: Credentials | undefined;
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
   * Lists the tokens and finds the one with these credentials, by value or API key. There's no match if the list
   * contains neither: the claims in a value name a person and not the token.
   */
  async listAndIdentify(
    credentials: Credentials,
    signal?: AbortSignal,
  ): Promise<{ tokens: Token[]; match: Match | undefined }> {
    const data = await this.#list(signal);
    const id = readListedId(data, credentials);
    const match = id === undefined ? undefined : { id, credentials: readListedCredentials(data, id) };
    return { tokens: readTokens(data), match };
  }

  /** Finds the first matching token in the list, with its credentials if the list contains them. */
  async find(which: (token: Token) => boolean, signal?: AbortSignal): Promise<FoundToken | undefined> {
    const data = await this.#list(signal);
    const token = readTokens(data).find(which);
    return token && { token, credentials: readListedCredentials(data, token.id) };
  }

  /**
   * Lists the accounts of contact persons that this person can act in (`GET /users/iam-accounts/`). The call needs no
   * project, so it succeeds with working credentials even if the project is wrong.
   */
  async accounts(signal?: AbortSignal): Promise<Account[]> {
    return readAccounts((await this.#get('users/iam-accounts/', signal, {})).data);
  }

  /** Creates a token (`POST /auth-token/`). Never retried: after `timeout` or `offline` the token may exist. */
  async create(name: string, signal?: AbortSignal): Promise<Created> {
    const answer = await this.#call('POST', 'auth-token/', signal, this.#query, name);
    return readCreated(answer.data, name, Date.now() + this.#clockAhead);
  }

  /**
   * Deletes a token (`DELETE /auth-token/{id}/`), which revokes it immediately and permanently.
   * @throws TirError with `repeated` if an earlier attempt may have deleted it
   */
  async delete(id: number, signal?: AbortSignal): Promise<void> {
    await retried(
      async (attempt) => {
        try {
          await this.#call('DELETE', `auth-token/${id}/`, signal, this.#query);
        } catch (error) {
          throw attempt > 1 && error instanceof TirError ? error.with({ repeated: true }) : error;
        }
      },
      signal,
      this.options.wait,
    );
  }

  async #list(signal: AbortSignal | undefined): Promise<unknown> {
    return (await this.#get('auth-token/', signal, this.#query)).data;
  }

  #get(path: string, signal: AbortSignal | undefined, query: Query): Promise<Answer> {
    return retried(() => this.#call('GET', path, signal, query), signal, this.options.wait);
  }

  /** The parameters that say which project a call is about. */
  get #query(): Query {
    const { projectId, location, activeIam } = this.project;
    return { project_id: projectId, location, ...(activeIam !== undefined && { active_iam: activeIam }) };
  }

  async #call(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    signal: AbortSignal | undefined,
    query: Query,
    newName?: string,
  ): Promise<Answer> {
    const body = newName === undefined ? undefined : JSON.stringify({ token_name: newName });
    const url = new URL(path, this.#base);
    for (const [name, value] of Object.entries(query)) {
      url.searchParams.set(name, String(value));
    }
    if (this.credentials.apiKey) {
      url.searchParams.set('apikey', this.credentials.apiKey.reveal());
    }
    const raw = await send({
      method,
      url,
      headers: {
        accept: 'application/json',
        'user-agent': this.options.userAgent,
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
        ? { code: raw.status, data: undefined, serverMessage: undefined, errors: undefined }
        : readEnvelope(raw.json, raw.status);
    if (answer.code === undefined || answer.code >= 400) {
      throw this.#refusal(answer, raw, calls[method], newName);
    }
    return answer;
  }

  #refusal(
    answer: Answer,
    { status, retryAfter, gatewaySays }: RawAnswer,
    call: ApiCall,
    newName: string | undefined,
  ): TirError {
    const seconds = retryAfterSeconds(retryAfter, Date.now() + this.#clockAhead);
    const message = answer.serverMessage ?? (gatewaySays || undefined);
    const says = message === undefined ? undefined : quotable(message, this.credentials);
    const code = answer.code ?? status;
    if (status === 407) {
      const why = l10n.t("Your network's proxy requires authentication. Check the setting http.proxy.");
      return refusal('offline', why, { status, call, sent: false });
    }
    const isNotPublic = code === 500 && gatewaySays !== undefined && /\bnot public\b/i.test(message ?? '');
    const isTaken = newName !== undefined && saysNameTaken(answer, newName);
    const isLimit = call === 'create' && code === 409 && limits.test(message ?? '');
    const meaning = answer.code === undefined ? 'server-error' : isLimit ? 'invalid-input' : errorCodeOf(code);
    return new TirError(
      isNotPublic ? 'unauthorized' : isTaken ? 'conflict' : meaning,
      `HTTP ${code}${says ? `: ${says}` : ''}`,
      {
        status: code,
        call,
        ...(isNotPublic && { apiKey: this.credentials.apiKey ? 'refused' : 'missing' }),
        ...(says && { serverSays: says }),
        ...(seconds !== undefined && { retryAfterSeconds: seconds }),
      },
    );
  }
}

type Query = Readonly<Record<string, string | number>>;

const calls = { GET: 'list', POST: 'create', DELETE: 'delete' } as const;
type ApiCall = (typeof calls)[keyof typeof calls];

/** Checks if a URL's host is this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/**
 * Parses the base URL and adds a trailing slash.
 * @throws TirError `invalid-input` unless it's https, or http on this machine: the requests contain credentials
 */
export function readApiUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    !url ||
    !(url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))) ||
    url.username ||
    url.password
  ) {
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
