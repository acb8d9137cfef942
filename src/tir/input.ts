import { l10n } from 'vscode';

import { refusal, type TirError } from '../base/errors';
import { longestCredential } from '../base/secret';

/** Longest name that is taken, in characters. */
const maxNameLength = 64;

/** Why a name can't be a new token's: `invalid-input`, or `conflict` if it's taken. Undefined if it can. */
export function nameProblem(name: string, taken: ReadonlySet<string>): TirError | undefined {
  if (name === '') {
    return refusal('invalid-input', l10n.t('Enter a name.'));
  }
  if (!/^[A-Za-z0-9_.-]*$/.test(name)) {
    return refusal('invalid-input', l10n.t('A name is made of letters, digits, "-", "_" and "." only.'));
  }
  if (name.length > maxNameLength) {
    return refusal(
      'invalid-input',
      l10n.t('A name has at most {0} characters; this one has {1}.', maxNameLength, name.length),
    );
  }
  return taken.has(name) ? refusal('conflict', l10n.t('The project has a token "{0}" already.', name)) : undefined;
}

/** A free name that says where the token will be used, e.g. `dev-laptop-myproject`; counted up where it is taken. */
export function suggestName(machine: string, workspace: string | undefined, taken: ReadonlySet<string>): string {
  const base =
    [machine.split('.')[0] ?? '', workspace ?? '']
      .map((part) =>
        part
          .toLowerCase()
          .replace(/[^a-z0-9_.]+/g, '-')
          .replace(/^[-.]+|[-.]+$/g, ''),
      )
      .filter(Boolean)
      .join('-')
      .slice(0, maxNameLength - 4) || 'vscode';
  let name = base;
  for (let count = 2; taken.has(name); count++) {
    name = `${base}-${count}`;
  }
  return name;
}

/** The name of the token that follows another one: `dev-laptop` → `dev-laptop-2` → `dev-laptop-3`, past those that are taken. */
export function successorName(name: string, taken: ReadonlySet<string>): string {
  // Up to three digits: `report-2026` ends with a year.
  const counted = /^(.+)-(\d{1,3})$/.exec(name);
  const base = counted?.[1] ?? name;
  for (let count = Number(counted?.[2] ?? 1) + 1; ; count++) {
    const successor = `${base.slice(0, maxNameLength - String(count).length - 1)}-${count}`;
    if (!taken.has(successor)) {
      return successor;
    }
  }
}

/**
 * A token or API key out of what people paste: white space, an `export NAME=` in front, quotes around it
 * and `Bearer ` are taken off, in whatever order they come.
 */
export function cleanPasted(text: string): string {
  let cleaned = text;
  let before;
  do {
    before = cleaned;
    cleaned = cleaned
      .trim()
      // Only these names: a token of another shape may hold an `=` of its own.
      .replace(/^(?:export\s+|set\s+|\$env:)?(?:TIR_API_TOKEN|E2E_TIR_ACCESS_TOKEN|E2E_TIR_API_KEY)\s*=/, '')
      .replace(/^(["'`])(.*)\1;?$/s, '$2')
      .replace(/^(?:Authorization:\s*)?Bearer\s+/i, '');
  } while (cleaned !== before);
  return cleaned;
}

/** Whether a cleaned text can be a credential: one run of visible ASCII, which is what an HTTP header carries. */
export function isCredential(text: string): boolean {
  return /^[\x21-\x7e]{8,}$/.test(text) && text.length <= longestCredential;
}

/** A project id out of what people paste: the digits of `123` or `p-123`; undefined for all else. */
export function readProjectId(text: string): number | undefined {
  const digits = /^\s*(?:p-)?(\d{1,15})\s*$/.exec(text)?.[1];
  return digits === undefined || Number(digits) === 0 ? undefined : Number(digits);
}
