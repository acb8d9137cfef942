/** Every way in which a command can fail. The words are public: other extensions compare them. */
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
 * The one error of the extension. `message` is for the log: it says what was found, in English, and never
 * holds a credential or an address with one (so no error of the network stack is kept as its cause:
 * those name the whole address). What people read is made of `code` at the edge, in `sentences.ts`.
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
  /** What the server said, cleaned for showing: one line, no credential. */
  readonly serverSays?: string;
  /** Seconds after which the server will take the call again (`Retry-After`). */
  readonly retryAfterSeconds?: number;
  /** False where the call certainly never reached the server. */
  readonly sent?: false;
  /** Why the server's certificate was not accepted, in the words of OpenSSL: `SELF_SIGNED_CERT_IN_CHAIN`. */
  readonly certificate?: string;
  /** The answer was no JSON, as pages are none. */
  readonly page?: true;
  /** What was asked of the API. */
  readonly call?: 'list' | 'create' | 'delete';
  /** Whether the call did its work is not known. */
  readonly unknown?: true;
  /** The token that was to be deleted is not on TIR. */
  readonly gone?: true;
  /** The token that was to be deleted is in the list. */
  readonly listed?: true;
  /** Why a stored record cannot be read: it is damaged, or of a newer version of the extension. */
  readonly record?: 'damaged' | 'newer';
  /** The id of the token whose value was lost. */
  readonly lostId?: number;
  /** Another window has stored what this one has not read. */
  readonly behind?: true;
  /** The rotation was undone. */
  readonly undone?: true;
  /** What was not done, and to what: a sentence for people that goes in front. */
  readonly what?: string;
  /** Why, for people, where the thrower knows better than the code alone says. */
  readonly why?: string;
  /** The token that it is about, in the form of a command's argument. */
  readonly token?: { readonly connectionId: string; readonly id: number };
}

/** A refusal with its reason for people. */
export function refusal(code: ErrorCode, why: string, details: ErrorDetails = {}): TirError {
  return new TirError(code, why, { ...details, why });
}

/** Puts in front of whatever goes wrong in `work` what was not done, and to which token. */
export async function withErrorContext<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof TirError && error.code !== 'cancelled' ? error.with({ what, ...error.details }) : error;
  }
}

/** Any thrown thing as a {@link TirError}; what is not one already is a failure of ours and keeps its message. */
export function toTirError(error: unknown): TirError {
  if (error instanceof TirError) {
    return error;
  }
  const name = error instanceof Error ? error.name : '';
  if (name === 'AbortError' || name === 'Canceled') {
    return new TirError('cancelled', 'cancelled');
  }
  return new TirError('server-error', error instanceof Error ? error.message : String(error));
}

/** `ENOSPC`, `FileNotFound` and the like: the message of such an error names files, its code does not. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
