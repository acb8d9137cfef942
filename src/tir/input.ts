import { longestCredential } from '../base/secret';

/** Longest name that is taken, in characters. */
export const maxNameLength = 64;

export type NameProblem = 'empty' | 'too-long' | 'characters' | 'taken';

/** What is wrong with a name for a new token; undefined where nothing is. */
export function nameProblem(name: string, taken: ReadonlySet<string>): NameProblem | undefined {
  if (name === '') {
    return 'empty';
  }
  if (!/^[A-Za-z0-9_.-]*$/.test(name)) {
    return 'characters';
  }
  if (name.length > maxNameLength) {
    return 'too-long';
  }
  return taken.has(name) ? 'taken' : undefined;
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
