import { l10n } from 'vscode';

import { refusal, type TirError } from '../base/errors';

/** Characters. */
const maxNameLength = 64;

/** Returns why a new token can't have this name: `invalid-input`, or `conflict` if it's taken. Undefined if it can. */
export function nameProblem(name: string, taken: ReadonlySet<string>): TirError | undefined {
  if (name === '') {
    return refusal('invalid-input', l10n.t('Enter a name.'));
  }
  if (!/^[A-Za-z0-9_.-]*$/.test(name)) {
    return refusal('invalid-input', l10n.t('A token\'s name can contain only letters, digits, "-", "_" and ".".'));
  }
  if (name.length > maxNameLength) {
    return refusal(
      'invalid-input',
      l10n.t("A token's name can have at most {0} characters, but this one has {1}.", maxNameLength, name.length),
    );
  }
  return taken.has(name)
    ? refusal('conflict', l10n.t('The project already has a token "{0}". Choose another name.', name))
    : undefined;
}

/** Suggests a free name that says where the token will be used, such as `dev-laptop-myproject` or `…-myproject-2`. */
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

/** Returns a rotation's new name, skipping taken ones: `dev-laptop` → `dev-laptop-2` → `dev-laptop-3`. */
export function nextTokenName(name: string, taken: ReadonlySet<string>): string {
  // At most three digits, because `report-2026` ends with a year.
  const counted = /^(.+)-(\d{1,3})$/.exec(name);
  const base = counted?.[1] ?? name;
  for (let count = Number(counted?.[2] ?? 1) + 1; ; count++) {
    const candidate = `${base.slice(0, maxNameLength - String(count).length - 1)}-${count}`;
    if (!taken.has(candidate)) {
      return candidate;
    }
  }
}
