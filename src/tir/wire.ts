import * as v from 'valibot';

import { TirError } from '../base/errors';
import { type Credentials, Secret } from '../base/secret';
import { expiryOf, type Token } from './token';

/*
 * The only file that knows a name on the wire. The fields inside `data` are not documented for TIR,
 * so each is read under the names that the sister API (MyAccount, `GET /api/v1/apis/tokenList/`) and
 * public clients use.
 */

const fieldNames = {
  id: ['id', 'token_id', 'pk'],
  name: ['token_name', 'name'],
  created: ['created_at', 'created_on', 'created'],
  expires: ['expires_at', 'expiry'],
  value: ['auth_token', 'token', 'access_token'],
  apiKey: ['api_key', 'apikey'],
} as const;

const envelope = v.looseObject({
  code: v.optional(v.unknown()),
  data: v.optional(v.unknown()),
  errors: v.optional(v.unknown()),
  message: v.optional(v.unknown()),
});
const entry = v.record(v.string(), v.unknown());
const idField = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number))]),
  v.safeInteger(),
  v.minValue(0),
);
const text = v.pipe(v.string(), v.trim(), v.nonEmpty());

/** An answer taken out of its envelope `{code, data, errors, message}`. */
export interface Answer {
  /** The envelope's own code where it has one, else the HTTP status. */
  readonly code: number;
  readonly data: unknown;
  /** What the server says, uncleaned. */
  readonly says: string | undefined;
}

export function readEnvelope(json: unknown, status: number): Answer {
  const parsed = v.safeParse(envelope, json);
  if (!parsed.success || Array.isArray(json)) {
    throw new TirError('bad-response', 'the answer is not an object', { status });
  }
  const { code, data, errors, message } = parsed.output;
  const says = [errors, message].map((words) => wordsOf(words)).find((words) => words !== '');
  return { code: typeof code === 'number' && code >= 400 ? code : status, data, says };
}

/** The list answer: an array of entries, of which the first counts where two have one id. Values that it may carry are left where they are. */
export function readTokens(data: unknown): Token[] {
  const tokens = new Map<number, Token>();
  for (const token of entriesOf(data).map(readToken)) {
    if (!tokens.has(token.id)) {
      tokens.set(token.id, token);
    }
  }
  return [...tokens.values()];
}

/** The credentials of one token in a list answer that carries values; undefined where it does not. */
export function readListedCredentials(data: unknown, id: number): Credentials | undefined {
  const found = entriesOf(data).find((item) => readToken(item).id === id);
  return found && readCredentials(found);
}

/** The id of the entry that has these credentials; undefined where the list carries none, or not these. */
export function readListedId(data: unknown, self: Credentials): number | undefined {
  const found = entriesOf(data).find((item) => {
    const apiKey = readText(item, 'apiKey');
    return (
      readCredentials(item)?.token.equals(self.token) ??
      (apiKey !== undefined && self.apiKey?.equals(new Secret(apiKey)))
    );
  });
  return found && readToken(found).id;
}

/** The token that a JWT's own claims name, by id or by name; undefined where it is no JWT, or they name none of these. */
export function readClaimedId(value: Secret, tokens: readonly Token[]): number | undefined {
  const payload = value.reveal().split('.')[1] ?? '';
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(payload, 'base64url').toString());
  } catch {
    return undefined;
  }
  const parsed = v.safeParse(entry, json);
  if (!parsed.success) {
    return undefined;
  }
  // Not `id`: a claim of that name is the person's as well as the token's.
  const id = v.safeParse(idField, parsed.output['token_id']);
  const name = readText(parsed.output, 'name');
  const named = tokens.filter((token) => (id.success ? token.id === id.output : token.name === name));
  return named.length === 1 ? named[0]?.id : undefined;
}

/** The creation answer. A missing id is no error here, since the value, which is shown once, must not go down with it. */
export interface Created {
  readonly id: number | undefined;
  readonly token: Omit<Token, 'id'>;
  readonly credentials: Credentials | undefined;
}

export function readCreated(data: unknown, name: string, now: number): Created {
  const parsed = v.safeParse(entry, data);
  const fields = parsed.success ? parsed.output : {};
  const id = v.safeParse(idField, first(fields, 'id'));
  const created = readCreationTime(fields) ?? now;
  return {
    id: id.success ? id.output : undefined,
    token: {
      name: readText(fields, 'name') ?? name,
      created,
      expires: expiryOf(created, readTime(first(fields, 'expires'))),
    },
    credentials: readCredentials(fields),
  };
}

function entriesOf(data: unknown): Record<string, unknown>[] {
  const parsed = v.safeParse(v.array(entry), data);
  if (!parsed.success) {
    throw new TirError('bad-response', 'the field "data" of the list is not an array of entries');
  }
  return parsed.output;
}

function readToken(fields: Record<string, unknown>): Token {
  const id = v.safeParse(idField, first(fields, 'id'));
  if (!id.success) {
    throw new TirError('bad-response', 'an entry of the list has no usable "id"');
  }
  const created = readCreationTime(fields);
  return {
    id: id.output,
    name: readText(fields, 'name') ?? `#${id.output}`,
    created,
    expires: expiryOf(created, readTime(first(fields, 'expires'))),
  };
}

function readCredentials(fields: Record<string, unknown>): Credentials | undefined {
  const value = readText(fields, 'value');
  const apiKey = readText(fields, 'apiKey');
  return value === undefined
    ? undefined
    : { token: new Secret(value), ...(apiKey !== undefined && { apiKey: new Secret(apiKey) }) };
}

function readCreationTime(fields: Record<string, unknown>): number | string | undefined {
  return readTime(first(fields, 'created')) ?? readText(fields, 'created');
}

/** Milliseconds since 1970 of an ISO 8601 text or of epoch seconds or milliseconds; undefined for all else. */
function readTime(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) {
    // Epoch seconds stay under 1e11 until the year 5138; milliseconds passed it in 1973.
    return value < 1e11 ? value * 1000 : value;
  }
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value)) {
    const time = Date.parse(value);
    return Number.isNaN(time) ? undefined : time;
  }
  return typeof value === 'string' && /^\d{9,13}(\.\d+)?$/.test(value) ? readTime(Number(value)) : undefined;
}

function first(fields: Record<string, unknown>, field: keyof typeof fieldNames): unknown {
  const name = fieldNames[field].find((candidate) => Object.hasOwn(fields, candidate) && fields[candidate] != null);
  return name === undefined ? undefined : fields[name];
}

function readText(fields: Record<string, unknown>, field: keyof typeof fieldNames): string | undefined {
  const parsed = v.safeParse(text, first(fields, field));
  return parsed.success ? parsed.output : undefined;
}

/** The words in an `errors` field, which is a text, an object of texts, or an object of lists of texts; what is deeper is left out. */
function wordsOf(value: unknown, depth = 0): string {
  if (typeof value === 'string') {
    return value.trim();
  }
  if (typeof value === 'object' && value !== null && depth < 3) {
    return Object.values(value)
      .map((inner) => wordsOf(inner, depth + 1))
      .filter(Boolean)
      .join('; ');
  }
  return '';
}
