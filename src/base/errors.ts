/** All codes that a command can fail with. They're public: other extensions compare them. */
export const errorCodes = [
  'cancelled',
  'not-signed-in',
  'invalid-input',
  'unauthorized',
  'forbidden',
  'not-found',
  'conflict',
  'rate-limited',
  'offline',
  'timeout',
  'server-error',
  'bad-response',
  'value-not-stored',
  'value-lost',
  'storage-failed',
  'untrusted-workspace',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/**
 * The extension's error type. `message` is for the log. It never contains a credential or a URL with one, so errors
 * of the network stack are never kept as the cause: their messages quote whole URLs, API key included. What people
 * read is built from `code` and `details` in `errorSentences.ts`; `toUserError` makes it the message of the
 * error that a person or a calling extension gets.
 */
export class TirError extends Error {
  override readonly name = 'TirError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
  ) {
    super(message);
  }

  with(details: ErrorDetails): TirError {
    return new TirError(this.code, this.message, { ...this.details, ...details });
  }
}

export interface ErrorDetails {
  /** HTTP status of the answer. */
  readonly status?: number;
  /** The server's message, cleaned for display: one line, no credentials. */
  readonly serverSays?: string;
  /** Seconds until the server accepts the call again (`Retry-After`). */
  readonly retryAfterSeconds?: number;
  /** False if the request certainly never reached the server. */
  readonly sent?: false;
  /** Why the server's certificate was rejected, as an OpenSSL or Node code such as `SELF_SIGNED_CERT_IN_CHAIN`. */
  readonly certificate?: string;
  /** The answer wasn't JSON, so it's probably a web page. */
  readonly notJson?: true;
  /** The gateway in front of TIR didn't know the API key, or there was none. */
  readonly apiKey?: 'missing' | 'refused';
  /** The API call that was refused. */
  readonly call?: 'list' | 'create' | 'delete';
  /** It's not known whether the call took effect on TIR. */
  readonly unknown?: true;
  /** An earlier attempt of the call failed for a temporary reason, and may have taken effect. */
  readonly repeated?: true;
  /** The token to delete no longer exists on TIR. */
  readonly gone?: true;
  /** The token to delete is still in TIR's list. */
  readonly listed?: true;
  /** Why a stored record can't be read: it's damaged, or from a newer version of the extension. */
  readonly record?: 'damaged' | 'newer';
  /** ID of the created token whose value was lost. */
  readonly lostId?: number;
  /** A token on TIR that the call may have created, but someone else may have, too. */
  readonly left?: { readonly id: number; readonly name: string };
  /** Another window stored values that this one hasn't read. */
  readonly behind?: true;
  /** The rotation was undone. */
  readonly undone?: true;
  /** A sentence for people, shown first: what wasn't done, and to which token. */
  readonly what?: string;
  /** A sentence for people with the reason, if the thrower knows more than `code` says. */
  readonly why?: string;
  /** A sentence for people with the next step, if it isn't the one that the reason names. */
  readonly next?: string;
  /** The token that the error is about, as a command's argument. */
  readonly token?: { readonly connectionId: string; readonly id: number };
}

/** Creates an error with a reason for people, which is also its `message`. */
export function refusal(code: ErrorCode, why: string, details: ErrorDetails = {}): TirError {
  return new TirError(code, why, { ...details, why });
}

/** Checks if TIR refused a token's credentials for certain. Without its API key, a value says nothing. */
export function isRefusal({ code, details }: TirError): boolean {
  return code === 'unauthorized' && details.apiKey !== 'missing';
}

export function cancelled(): TirError {
  return new TirError('cancelled', 'cancelled');
}

/** Runs `work`, and adds {@link ErrorDetails} to its error unless that has them or is `cancelled`. */
export async function withErrorContext<T>(
  what: string,
  work: () => Promise<T>,
  more: Omit<ErrorDetails, 'what'> = {},
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof TirError && error.code !== 'cancelled'
      ? error.with({ what, ...more, ...error.details })
      : error;
  }
}

/**
 * Converts anything thrown to a {@link TirError}. Unexpected errors, such as bugs, become `server-error` and keep
 * their message.
 */
export function toTirError(error: unknown): TirError {
  if (error instanceof TirError) {
    return error;
  }
  const name = error instanceof Error ? error.name : '';
  if (name === 'AbortError' || name === 'Canceled') {
    return cancelled();
  }
  return new TirError('server-error', error instanceof Error ? error.message : String(error));
}

/** Returns an error's code, such as `ENOSPC` or `FileNotFound`. Unlike its message, the code quotes no paths. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
