import * as v from 'valibot';

import { TirError } from '../base/errors';
import { changedInTerminals, type Credentials, fingerprint, masked, Secret } from '../base/secret';
import { mostExact, readTimes, withStoredTimes } from './times';
import type { Token } from './token';

/*
 * The only file that knows the field names of answers. They're in E2E's OpenAPI document for TIR (network, "Security");
 * each is also read under the names that the related MyAccount API (`GET /api/v1/apis/tokenList/`) and public clients
 * use.
 */

const fieldNames = {
  id: ['id', 'token_id', 'pk'],
  name: ['token_name', 'name'],
  created: ['created_at', 'created_on', 'created'],
  expires: ['expires_at', 'expiry'],
  value: ['auth_token', 'token', 'access_token'],
  apiKey: ['api_key', 'apikey'],
} as const;

const entry = v.record(v.string(), v.unknown());
const idField = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number))]),
  v.safeInteger(),
  v.minValue(0),
);
const account = v.object({
  id: idField,
  owner: v.nullish(v.object({ name: v.nullish(v.string()), email: v.nullish(v.string()) })),
  has_tir_access: v.optional(v.unknown()),
});
const text = v.pipe(v.string(), v.trim(), v.nonEmpty());

/** An answer, without its envelope `{code, data, errors, message}`. */
export interface Answer {
  /** The envelope's code if that's 400 or more, otherwise the HTTP status; undefined if TIR refuses without a code. */
  readonly code: number | undefined;
  readonly data: unknown;
  /** The server's message. It may contain credentials and line breaks: show it only through `quotable`. */
  readonly serverMessage: string | undefined;
  /** A refusal's message per field, or one text; undefined if it has none. */
  readonly errors: unknown;
}

/**
 * Reads an envelope of TIR or of the gateway in front of it, `{responseCode, message}`. A refusal may come with HTTP
 * 200: E2E's own client treats a `status_code` of 400 or more, a text in `detail`, or `errors: true` as one.
 */
export function readEnvelope(json: unknown, status: number): Answer {
  const parsed = v.safeParse(entry, json);
  if (!parsed.success || Array.isArray(json)) {
    if (status >= 400) {
      return { code: status, data: undefined, serverMessage: undefined, errors: undefined };
    }
    throw new TirError('bad-response', 'the answer is not an object', { status });
  }
  const { data, errors, detail, message, code, status_code, responseCode } = parsed.output;
  const failure = [code, status_code, responseCode].map(Number).find((one) => one >= 400);
  const saysNo = errors === true || (typeof detail === 'string' && detail.trim() !== '');
  const answered = failure ?? (status < 400 && saysNo ? undefined : status);
  // With some failures, `data` says what happened and `message` just "Internal Server Error".
  const says = [errors, detail, typeof data === 'string' ? data : undefined, message]
    .map((words) => joinTexts(words))
    .filter((words) => words !== '');
  const serverMessage = says.find((words) => !/^internal server error$/i.test(words)) ?? says[0];
  return { code: answered, data, serverMessage, errors };
}

/** Matches a server's message that the token limit is reached. */
export const limits = /\b(?:limit|maximum)\b/i;

/**
 * Checks if a refusal to create a token says that another one has or had its name. No document has TIR's words for that.
 * A limit that is reached is something else.
 */
export function saysNameTaken({ errors, serverMessage: message = '' }: Answer, name: string): boolean {
  const fields = typeof errors === 'object' && errors !== null ? Object.keys(errors) : [];
  const isAboutName =
    fields.some((field) => /^(?:token_)?name$/.test(field)) ||
    /\b(?:token_)?name\b|\btoken already\b/i.test(message) ||
    message.split(/[^\w.-]+/).includes(name);
  return isAboutName && /already|exists|taken|in use|unique|duplicate/i.test(message) && !limits.test(message);
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
  return found && isUsable(readText(found, 'value')) ? readCredentials(found) : undefined;
}

/** Returns the ID of the listed token with these credentials; undefined if the list doesn't contain them. */
export function readListedId(data: unknown, self: Credentials): number | undefined {
  const entries = entriesOf(data);
  const hasKey = (item: Record<string, unknown>) => {
    const apiKey = readText(item, 'apiKey');
    return apiKey !== undefined && self.apiKey?.equals(new Secret(apiKey)) && !readCredentials(item);
  };
  const byValue = entries.filter((item) => readCredentials(item)?.token.equals(self.token));
  // Tokens that share a key can't be told apart by it.
  const [found, other] = byValue.length > 0 ? byValue.slice(0, 1) : entries.filter(hasKey);
  return found && !other ? readToken(found).id : undefined;
}

/** The creation answer. A missing ID isn't an error here, because the value must not be lost. */
export interface Created {
  readonly id: number | undefined;
  readonly token: Omit<Token, 'id'>;
  readonly credentials: Credentials | undefined;
}

export function readCreated(data: unknown, name: string, now: number): Created {
  const parsed = v.safeParse(entry, data);
  const fields = parsed.success ? parsed.output : {};
  const id = v.safeParse(idField, first(fields, 'id'));
  // A masked value is no value. The list may have it.
  const credentials = masked.test(readText(fields, 'value') ?? '') ? undefined : readCredentials(fields);
  const time = readTimes(credentials?.token, timeIn(fields, 'created'), timeIn(fields, 'expires'));
  return {
    id: id.success ? id.output : undefined,
    token: { name: readText(fields, 'name') ?? name, ...withStoredTimes(time, { created: now, expires: undefined }) },
    credentials,
  };
}

/** An account of a contact person that the signed-in person can act in. */
export interface Account {
  /** `active_iam` in calls for it. */
  readonly id: number;
  /** The contact person's name, or their e-mail address. */
  readonly owner: string;
}

/** Reads the answer of `GET /users/iam-accounts/`. Leaves out entries without access to TIR, or of another shape. */
export function readAccounts(data: unknown): Account[] {
  return (Array.isArray(data) ? (data as unknown[]) : [])
    .map((one) => v.safeParse(account, one))
    .flatMap((parsed) => (parsed.success && parsed.output.has_tir_access !== false ? [parsed.output] : []))
    .map(({ id, owner }) => ({ id, owner: [owner?.name, owner?.email].find((name) => name) ?? String(id) }));
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
  const value = readText(fields, 'value');
  const secret = value !== undefined && isUsable(value) ? new Secret(value) : undefined;
  return {
    id: id.output,
    name: readText(fields, 'name') ?? `#${id.output}`,
    ...readTimes(secret, timeIn(fields, 'created'), timeIn(fields, 'expires')),
    ...(secret && { hasValue: true, fingerprints: fingerprintsOf(secret, readText(fields, 'apiKey')) }),
  };
}

function fingerprintsOf(token: Secret, apiKey: string | undefined): Token['fingerprints'] {
  return { token: fingerprint(token.reveal()), ...(apiKey !== undefined && { apiKey: fingerprint(apiKey) }) };
}

function readCredentials(fields: Record<string, unknown>): Credentials | undefined {
  const value = readText(fields, 'value');
  const apiKey = readText(fields, 'apiKey');
  return value === undefined
    ? undefined
    : { token: new Secret(value), ...(apiKey !== undefined && { apiKey: new Secret(apiKey) }) };
}

/** A list may mask its values. VS Code would change others in a terminal. */
function isUsable(value: string | undefined): boolean {
  return value !== undefined && !masked.test(value) && !changedInTerminals.test(value);
}

function timeIn(fields: Record<string, unknown>, field: 'created' | 'expires'): unknown {
  return mostExact(fieldNames[field].map((name) => fields[name]));
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
