import { l10n } from 'vscode';
import * as v from 'valibot';

import { refusal, type TirError } from '../base/errors';
import { changedInTerminals, masked, maxCredentialLength, Secret } from '../base/secret';
import {
  cleanText,
  type Field,
  fieldsOf,
  isJwt,
  isReference,
  isUuid,
  parseJson,
  strip,
  tidy,
  unique,
  valuesOf,
} from './pastedText';
import { readClaims } from './times';
import { locations } from './token';

/** What pasted text says about a project. Fields that it doesn't have are absent, here and in {@link Pasted}. */
export interface PastedProject {
  readonly projectId?: number;
  readonly location?: string;
  readonly activeIam?: number;
}

export interface Pasted extends PastedProject {
  readonly token: string;
  readonly apiKey?: string;
  readonly teamId?: number;
}

/** Characters. Start-up files and answers of the API are shorter. */
const maxTextLength = 200_000;
const minCredentialLength = 8;

/** Beginnings of other services' keys. They must not be sent to TIR. */
const otherServices =
  /(?:^|[=:"'`\s])(?:-----BEGIN |sk-|[spr]k_(?:live|test)_|gh[oprsu]_|github_pat_|glpat-|A[KS]IA[0-9A-Z]{12}|hf_|xox[abeprs]-|AIza|ya29\.|npm_|pypi-|nvapi-|gsk_|dckr_pat_)/;
const isJsonOrUrl = (text: string) => /^[{[]|^\w+:\/\/|e2enetworks\./i.test(text);
const isPathOrMail = (text: string) =>
  /^(?:~|\.{1,2}|[A-Za-z]:)[\\/]|\.(?:env|ini|json|toml|txt|ya?ml)$|^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$/.test(text);

/**
 * Reads a pasted token, and what else the text says.
 * @throws TirError `invalid-input` with a reason that doesn't quote the text
 */
export function readPasted(pasted: string): Pasted {
  const text = cleanCredentials(pasted);
  const accounts = fileEntriesOf(text);
  if (accounts.length > 1) {
    throw invalid(l10n.t('The text contains {0} accounts. Paste only one.', accounts.length));
  }
  const fields = fieldsOf(text);
  const named = valuesOf(fields, 'apiKey');
  const apiKeys = (named.length > 0 ? named : unique(text.split(/\s+/).filter(isUuid))).filter(
    (key) => !credentialProblem(key),
  );
  const token = tokenOf(text, fields);
  if (token === undefined ? apiKeys.length > 0 : isUuid(token)) {
    throw invalid(l10n.t('This is an API key. Paste the token, the longer of the two values that TIR shows.'));
  }
  if (token === undefined) {
    throw invalid(l10n.t('No token found. Paste the token, or text that contains auth_token or TIR_API_TOKEN.'));
  }
  // In a start-up file, other paths can have a folder "projects".
  const urls = text.split(/[\s"'`]+/).filter((part) => part.includes('e2enetworks.'));
  return {
    token,
    // An unknown separator must not put the token beside the key.
    ...ifOne(
      'apiKey',
      apiKeys.filter((key) => !key.includes(token)),
    ),
    ...projectOf(urls.join(' '), fields),
    ...ifOne('teamId', idsOf(fields, 'teamId')),
  };
}

/** Reads the accounts of a file from E2E MyAccount, or of `~/.e2e/config.json`. Undefined for any other text. */
export function readMyAccountFile(pasted: string): { alias: string; pasted: Pasted }[] | undefined {
  const accounts = pasted.length > maxTextLength ? [] : fileEntriesOf(cleanText(pasted));
  return accounts.length > 0 ? accounts : undefined;
}

/** Reads a pasted API key. @throws TirError `invalid-input` with a reason that doesn't quote the text */
export function readApiKey(pasted: string): string {
  const text = cleanCredentials(pasted);
  const fields = fieldsOf(text);
  const named = valuesOf(fields, 'apiKey');
  const found = named.length > 0 ? named : unique(text.split(/[^\w-]+/).filter(isUuid));
  const bare = tidy(text);
  if (found.length === 0 && (fields.length > 0 || isReference(bare) || isJwt(bare) || isJsonOrUrl(bare))) {
    throw invalid(
      l10n.t('No API key found in the text. Paste the API key, the shorter of the two values that TIR shows.'),
    );
  }
  return choose(found.length > 0 ? found : [bare]);
}

/** Reads a project: its ID, `p-<ID>`, or text or a URL that has exactly one ID. Undefined for anything else. */
export function readProject(pasted: string): (PastedProject & { readonly projectId: number }) | undefined {
  if (pasted.length > maxTextLength) {
    return undefined;
  }
  const text = cleanText(pasted);
  const digits = /^["'`<\s]*(?:p-)?(\d{1,15})["'`>\s,;.]*$/i.exec(text)?.[1];
  const { projectId = Number(digits ?? 0), ...rest } = projectOf(text, fieldsOf(text));
  return projectId > 0 ? { projectId, ...rest } : undefined;
}

function cleanCredentials(pasted: string): string {
  if (pasted.length > maxTextLength) {
    throw wrongLength(pasted.length);
  }
  return cleanText(pasted);
}

/** Returns the text's token, or undefined if it has none. Throws if it has several, or one that can't be right. */
function tokenOf(text: string, fields: readonly Field[]): string | undefined {
  const named = valuesOf(fields, 'token');
  if (named.length > 0) {
    return choose(named);
  }
  const bare = strip(text);
  const isBroken = /^eyJ[\w.\s-]*$/.test(bare) && !bare.split(/\s+/).every((part) => isJwt(part) || isUuid(part));
  const jwts = text.match(/(?:(?<![\w.-])|(?<=%[0-9A-Fa-f]{2}))eyJ[^\s"'`&,;]*/g) ?? [];
  if (isBroken || jwts.length > 0) {
    return choose(isBroken ? [tidy(bare)] : unique(jwts.map(tidy)));
  }
  if (otherServices.test(text)) {
    return choose([text]);
  }
  const isOther = fields.length > 0 || isReference(bare) || isJsonOrUrl(bare) || isPathOrMail(bare);
  return isOther ? undefined : choose([bare]);
}

function idsOf(fields: readonly Field[], kind: Field['kind']): number[] {
  const ids = valuesOf(fields, kind).map((value) => Number(/^(?:p-)?(\d{1,15})(?!\w|\.\d)/i.exec(value)?.[1] ?? 0));
  return unique(ids.filter((id) => id > 0));
}

function projectOf(urls: string, fields: readonly Field[]): PastedProject {
  const ids = [...idsOf(fields, 'projectId'), ...urls.split(/\s+/).flatMap(idsOfUrl)];
  const named = valuesOf(fields, 'location').flatMap(
    (value) => /^([A-Za-z][A-Za-z0-9 _-]{0,39})(?=$|[&,;)}\]#\\])/.exec(value)?.[1]?.trim() ?? [],
  );
  const known = named.map((name) => locations.find((one) => one.toLowerCase() === name.toLowerCase()) ?? name);
  return {
    ...ifOne('projectId', unique(ids)),
    ...ifOne('location', unique(known)),
    ...ifOne('activeIam', idsOf(fields, 'activeIam')),
  };
}

/** Returns the project IDs of a URL: those of its path, or else of what follows it. An ID with `p-` is one for certain. */
function idsOfUrl(url: string): number[] {
  const [path = '', ...rest] = url.replace(/%2f/gi, '/').split(/[?#]/);
  for (const part of [path, rest.join('?')]) {
    const found = [...part.matchAll(/\/(?:projects?\/(p-)?|notebook\/(p-))(\d{1,15})(?![\w-]|\.\d)/gi)];
    const marked = found.filter(([, p, of]) => p ?? of);
    const ids = (marked.length > 0 ? marked : found).map(([, , , id]) => Number(id)).filter((id) => id > 0);
    if (ids.length > 0) {
      return ids;
    }
  }
  return [];
}

/** The file that MyAccount offers, and e2ectl's own, which has such entries in `profiles`. */
const accountsFile = v.record(v.string(), v.unknown());
const profilesFile = v.object({ profiles: accountsFile });

function fileEntriesOf(text: string): { alias: string; pasted: Pasted }[] {
  const json = text.startsWith('{') ? parseJson(text) : undefined;
  const profiles = v.safeParse(profilesFile, json);
  const file = v.safeParse(accountsFile, json);
  const entries = profiles.success ? profiles.output.profiles : file.success ? file.output : {};
  return Object.entries(entries).flatMap(([alias, entry]) => {
    if (!v.is(v.object({ [profiles.success ? 'auth_token' : 'api_auth_token']: v.string() }), entry)) {
      return [];
    }
    try {
      return [{ alias, pasted: readPasted(JSON.stringify(entry)) }];
    } catch {
      // Another service's key, or one that can't be right.
      return [];
    }
  });
}

/** Returns a property if it has exactly one value. */
function ifOne<K extends string, T>(key: K, values: readonly T[]): Partial<Record<K, T>> {
  return values.length === 1 ? ({ [key]: values[0] } as Record<K, T>) : {};
}

/** Returns the only possible credential among values, or throws. TIR's tokens are JWTs, so others are dropped for one. */
function choose(values: readonly string[]): string {
  const possible = values.filter((value) => !credentialProblem(value));
  const jwts = possible.filter(isJwt);
  const [chosen, ...others] = jwts.length > 0 ? jwts : possible;
  if (others.length > 0) {
    throw invalid(l10n.t('The text contains several tokens or API keys. Paste only one.'));
  }
  if (chosen === undefined) {
    throw credentialProblem(values[0] ?? '') ?? wrongLength(0);
  }
  return chosen;
}

/** Checks if a JWT says that TIR issued it: the issuer is on e2enetworks.com. */
export function isOfTir(value: string): boolean {
  return issuerOf(value).includes('e2enetworks');
}

function issuerOf(value: string): string {
  const issuer = isJwt(value) ? readClaims(new Secret(value))?.['iss'] : undefined;
  return typeof issuer === 'string' ? issuer : '';
}

function credentialProblem(value: string): TirError | undefined {
  if (otherServices.test(value) || (issuerOf(value) !== '' && !isOfTir(value))) {
    return invalid(l10n.t("The text contains another service's key. Paste a TIR Personal Access Token."));
  }
  if (changedInTerminals.test(value)) {
    return invalid(
      l10n.t(
        'The value contains "${", a backslash or a control character, which VS Code would change in a terminal. Copy it again, or create another token.',
      ),
    );
  }
  if (masked.test(value) || (value.startsWith('eyJ') && !isJwt(value))) {
    return invalid(
      l10n.t('The value is incomplete, masked or split across lines. Copy it again from the TIR website.'),
    );
  }
  if (/[^\x21-\x7e]|["'`()[\]{}<>]/.test(value)) {
    return invalid(
      l10n.t('A token or API key has only ASCII characters, and no spaces, quotes or brackets. Paste only its value.'),
    );
  }
  return value.length < minCredentialLength || value.length > maxCredentialLength
    ? wrongLength(value.length)
    : undefined;
}

function wrongLength(length: number): TirError {
  return invalid(
    l10n.t(
      'A token or API key has {0} to {1} characters, but this text has {2}. Copy it again.',
      minCredentialLength,
      maxCredentialLength,
      length,
    ),
  );
}

function invalid(why: string): TirError {
  return refusal('invalid-input', why);
}
