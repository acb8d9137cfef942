import { l10n } from 'vscode';

import { timeOf as toTime, type TokenTimes } from './times';

/** A project in a location. `activeIam` is the ID of the contact person whose account it's in, if that isn't yours. */
export interface Project {
  readonly projectId: number;
  readonly location: string;
  readonly activeIam?: number;
}

/** The locations in the API reference. */
export const locations = ['Delhi', 'Chennai'] as const;

/** A Personal Access Token as TIR lists it: everything but its value. */
export interface Token extends TokenTimes {
  readonly id: number;
  readonly name: string;
  /** Whether TIR's list has its value, so that it can be used without a stored one. */
  readonly hasValue?: true;
  /** Keyed hashes of the value and the API key that TIR lists, by which a leaked one is recognized. */
  readonly fingerprints?: { readonly token?: string; readonly apiKey?: string };
}

export const sortings = ['name', 'age', 'expiry'] as const;
export type Sorting = (typeof sortings)[number];

/** Sorts by name, oldest first, or first to expire. Tokens without that time come last, by name. */
export function sortTokens(tokens: readonly Token[], by: Sorting): Token[] {
  const timeOf: Readonly<Record<Sorting, (token: Token) => number | undefined>> = {
    name: () => undefined,
    age: ({ created }) => toTime(created),
    expiry: ({ expires }) => toTime(expires),
  };
  // Compared rather than subtracted, because Infinity - Infinity is NaN.
  const order = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1);
  return tokens
    .map((token) => ({ token, time: timeOf[by](token) ?? Infinity }))
    .sort((a, b) => order(a.time, b.time) || a.token.name.localeCompare(b.token.name))
    .map(({ token }) => token);
}

/** Returns the label of a project that the person gave no name. */
export function defaultLabel({ projectId, location, activeIam }: Project): string {
  return activeIam === undefined
    ? l10n.t('Project {0} ({1})', projectId, location)
    : l10n.t('Project {0} ({1}), account {2}', projectId, location, activeIam);
}
