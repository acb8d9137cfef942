import * as v from 'valibot';

import { TirError } from '../base/errors';
import { type Credentials, Secret } from '../base/secret';
import { expiryOf, type Token } from './token';

/*
 * The only file that knows the field names of answers. TIR doesn't document the fields inside `data`, so each is
 * read under all the names that the related MyAccount API (`GET /api/v1/apis/tokenList/`) and public clients use.
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

/** An answer, without its envelope `{code, data, errors, message}`. */
export interface Answer {
  /** The envelope's code if that is 400 or more, otherwise the HTTP status. */
  readonly code: number;
  readonly data: unknown;
  /** The server's message. It may contain credentials and line breaks: show it only through `quotable`. */
  readonly serverMessage: string | undefined;
}

export function readEnvelope(json: unknown, status: number): Answer {
  const parsed = v.safeParse(envelope, json);
  if (!parsed.success || Array.isArray(json)) {
    throw new TirError('bad-response', 'the answer is not an object', { status });
  }
  const { code, data, errors, message } = parsed.output;
  const serverMessage = [errors, message].map((words) => joinTexts(words)).find((words) => words !== '');
  return { code: typeof code === 'number' && code >= 400 ? code : status, data, serverMessage };
}

/** Reads the list answer, an array of entries, without values. If two entries have the same ID, the first counts. */
export function readTokens(data: unknown): Token[] {
  const tokens = new Map<number, Token>();
  for (const token of entriesOf(data).map(readToken)) {
    if (!tokens.has(token.id)) {
      tokens.set(token.id, token);
    }
  }
  return [...tokens.values()];
}

/** Reads a token's credentials from a list answer; undefined if the list doesn't contain its value. */
export function readListedCredentials(data: unknown, id: number): Credentials | undefined {
  const found = entriesOf(data).find((item) => readToken(item).id === id);
  return found && readCredentials(found);
}

/** Returns the ID of the listed token with these credentials; undefined if the list doesn't contain them. */
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

/** Returns the ID of the one token that a JWT's claims name, by ID or name; undefined if none or several match. */
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
  // Not `id`: that claim can be the person's ID as well as the token's.
  const id = v.safeParse(idField, parsed.output['token_id']);
  const name = readText(parsed.output, 'name');
  const named = tokens.filter((token) => (id.success ? token.id === id.output : token.name === name));
  return named.length === 1 ? named[0]?.id : undefined;
}

/** The creation answer. A missing ID isn't an error here: the value is shown only once, so it must not be lost. */
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

/** Converts ISO 8601, epoch seconds or epoch milliseconds to milliseconds since 1970; undefined for anything else. */
function readTime(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) {
    // Epoch seconds stay below 1e11 until the year 5138. Epoch milliseconds passed it in 1973.
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

/**
 * Joins the texts in an `errors` or `message` field: a text, an object of texts, or an object of lists of texts.
 * Ignores what is nested deeper than three levels.
 */
function joinTexts(value: unknown, depth = 0): string {
  if (typeof value === 'string') {
    return value.trim();
  }
  if (typeof value === 'object' && value !== null && depth < 3) {
    return Object.values(value)
      .map((inner) => joinTexts(inner, depth + 1))
      .filter(Boolean)
      .join('; ');
  }
  return '';
}
