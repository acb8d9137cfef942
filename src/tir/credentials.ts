/*
 * Judges a text by itself: whether it looks like a credential, and who issued it.
 */

/** Prefixes of other vendors' credentials. The vendors document them for tools like this one. */
const otherVendors =
  /^(?:sk-|[spr]k_(?:live|test)_|gh[opsur]_|github_pat_|gl[a-z]{2,5}-|xox[abeprs]-|xapp-|hf_|AKIA|ASIA|ya29\.|AIza|npm_|pypi-|SG\.|do[op]_v1_|r8_|nvapi-|gsk_|whsec_|lin_api_|shp[a-z]{2}_|dckr_pat_|figd_|ATATT|v1\.0-|secret_|pplx-|ops_|dapi|tfp_|rubygems_|CCIPAT_|sntrys_|key-|hvs\.|pcsk_|tvly-|xai-|ntn_|sb[ps]_|phc_|GOCSPX-|EAA[A-Z]|jina_|up_|fo1_|fw_|re_|NRAK-|CFPAT-|AKCp|sl\.|ory_at_|rnd_|vercel_|cfut_)/;

/** Words that mark placeholders in documents and tests. They must stand alone, since a random text can contain them. */
const placeholderWord =
  /\.\.\.|(?:paste|insert|add)[-_]?your|your[-_]?(?:api|access|auth|secret|token|key)|(?:^|[-_.~+/])(?:your|example|sample|dummy|fake|mock|test|testing|invalid|expired|wrong|placeholder|changeme|replace|redacted|hidden|masked|insert|undefined)(?=$|[-_.~+/])/i;

/** Rows of the keyboard and the alphabet, and repeated characters. At least six, since random texts can have five. */
const typedByHand = /012345|123456|987654|a1b2c3|abcdef|qwerty|asdfgh|(.)\1{7}/i;

/** Values that documentation uses: of UUIDs, OpenAPI and RFC 6749. */
const examples = [
  '123e4567-e89b-12d3-a456-426614174000',
  '550e8400-e29b-41d4-a716-446655440000',
  'f47ac10b-58cc-4372-a567-0e02b2c3d479',
  '3fa85f64-5717-4562-b3fc-2c963f66afa6',
  '2YotnFZFEjr1zCsicMWpAA',
].map((text) => text.toLowerCase());

/** `{"sub":"1234567890`, how the claims of jwt.io's tokens begin. */
const claimsOfExamples = '.eyJzdWIiOiIxMjM0NTY3ODkw';

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
}

export function isFromOtherVendor(text: string): boolean {
  const jwt = readJwt(text);
  if (jwt) {
    // TIR signs with a key pair. A shared secret, or no signature, is what examples and other servers use.
    return jwt.issuer === undefined
      ? /^(?:HS|none)/.test(jwt.algorithm) || text.includes(claimsOfExamples)
      : !isTirIssuer(jwt.issuer);
  }
  return otherVendors.test(text);
}

/** Returns whether a longer text is random, as credentials are, and not a name, a path, code or a placeholder. */
export function looksRandom(text: string): boolean {
  if (
    examples.includes(text.toLowerCase()) ||
    placeholderWord.test(text) ||
    typedByHand.test(text) ||
    new Set(text).size < 7
  ) {
    return false;
  }
  return isUuid(text) || kindChanges(text) >= 0.25;
}

/** Returns whether a text is random, or a JWT of any issuer, and not encrypted. */
export function looksLikeCredential(text: string): boolean {
  return (looksRandom(text) || readJwt(text) !== undefined) && !isEncrypted(text);
}

/**
 * Returns whether a text looks like ciphertext of Sealed Secrets, AWS or Google KMS, Fernet, OpenSSL, age, PGP or Vault.
 * These are meant to be in files.
 */
function isEncrypted(text: string): boolean {
  return /^(?:Ag[A-D][A-Za-z0-9+/]{100}|AQICAH|Ci[QCA][A-Za-z0-9+/]{60}|gAAAAA|U2FsdGVkX1|YWdlLWVuY3J5cHRpb24|hQ[EI]MA|wcBMA|vault:)/.test(
    text,
  );
}

/** Returns whether a text could be a name, or names joined by dots, rather than a value without quotes. */
export function looksLikeCode(text: string): boolean {
  return /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*$/.test(text) && (text.match(/\d/g)?.length ?? 0) < 3;
}

const kinds = [/\d/, /[a-z]/, /[A-Z]/];

/**
 * Returns how often, from 0 to 1, a character's kind (lower case, upper case, digit) differs from the previous one's:
 * about every second time in random text, and seldom in names, even if they have a number or a date.
 */
function kindChanges(text: string): number {
  let [pairs, changed] = [0, 0];
  let before = -1;
  for (const character of text) {
    const kind = kinds.findIndex((ofKind) => ofKind.test(character));
    if (kind >= 0 && before >= 0) {
      pairs++;
      changed += kind === before ? 0 : 1;
    }
    before = kind;
  }
  return pairs === 0 ? 0 : changed / pairs;
}

/** Header and claims of a JWT. */
export interface Jwt {
  readonly algorithm: string;
  readonly issuer?: string;
  /** Its expiry (`exp`), in milliseconds since 1970. */
  readonly expires?: number;
}

/** Reads a JWT's issuer, if its claims name one. Returns undefined if the text isn't a JWT. */
export function readJwt(text: string): Jwt | undefined {
  const [header, claims, signature] = text.split('.');
  if (header === undefined || claims === undefined || signature === undefined) {
    return undefined;
  }
  try {
    const read = (part: string): unknown => JSON.parse(atob(part.replaceAll('-', '+').replaceAll('_', '/')));
    const [first, second] = [read(header), read(claims)];
    if (typeof first !== 'object' || typeof second !== 'object' || first === null || second === null) {
      return undefined;
    }
    return {
      algorithm: 'alg' in first ? String(first.alg) : '',
      ...('iss' in second && typeof second.iss === 'string' && { issuer: second.iss }),
      ...('exp' in second && typeof second.exp === 'number' && { expires: second.exp * 1000 }),
    };
  } catch {
    return undefined;
  }
}

/**
 * Returns whether an issuer, or a URL's host, is TIR's. The issuer in TIR's tokens is
 * `http://gateway.e2enetworks.com/auth/realms/apiman`.
 */
export function isTirIssuer(issuer: string): boolean {
  const host = issuer.replace(/^[a-z]{1,10}:\/\//i, '').split(/[/:?#]/)[0] ?? '';
  return /(?:^|\.)e2enetworks\.(?:com|net)$/i.test(host);
}

/** Characters of a credential in an HTTP header (`token68` of RFC 7235), except the `=` at its end. */
const ofValue = new Uint8Array(128);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/') {
  ofValue[character.charCodeAt(0)] = 1;
}

function isOfValue(code: number): boolean {
  return ofValue[code] === 1;
}

/** Finds the first run of characters of values that begins at a place or later and has at least `length` characters. */
export function wordFrom(
  text: string,
  from: number,
  length: number,
): { readonly start: number; readonly end: number } | undefined {
  // A run that is long enough covers the character that's tried, so most aren't looked at.
  for (let at = from + length - 1; at < text.length;) {
    if (!isOfValue(text.charCodeAt(at))) {
      at += length;
      continue;
    }
    let [start, end] = [at, at + 1];
    while (start > from && isOfValue(text.charCodeAt(start - 1))) {
      start--;
    }
    while (end < text.length && isOfValue(text.charCodeAt(end))) {
      end++;
    }
    if (end - start >= length) {
      return { start, end };
    }
    at = end + length;
  }
  return undefined;
}
