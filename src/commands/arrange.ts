import * as v from 'valibot';
import * as vscode from 'vscode';

import { alone, askPick } from '../ask/quickInput';
import type { Parts } from '../parts';
import { sortings, type Sorting } from '../tir/token';
import { readArgument } from './argument';
import type { Call } from './command';
import { chooseFilter } from './filter';

/** Sorts the rows of the tree by name, age or expiry; kept for the next window. */
export async function sortTokens(parts: Parts, { argument }: Call) {
  const given = readArgument({ by: v.optional(v.picklist(sortings)) }, argument);
  const names: Record<Sorting, string> = {
    name: vscode.l10n.t('Name'),
    age: vscode.l10n.t('Age, the oldest first'),
    expiry: vscode.l10n.t('Expiry, the next first'),
  };
  const items = sortings.map((by) => ({ label: names[by], by }));
  const present = items.find(({ by }) => by === parts.view.sorting);
  const by =
    given.by ?? (await askPick(alone(vscode.l10n.t('Sort Tokens')), vscode.l10n.t('Sort by'), items, present)).by;
  await parts.view.sort(by);
  return { by };
}

/** Shows the rows alone that have a text in their names. */
export async function filterTokens(parts: Parts, { argument }: Call) {
  const text = await chooseFilter(argument, {
    title: vscode.l10n.t('Filter Tokens'),
    prompt: vscode.l10n.t('Part of a name. Empty for all tokens.'),
    value: parts.view.filter,
  });
  await parts.view.showOnly(text);
  return { text };
}

export async function clearFilter(parts: Parts) {
  await parts.view.showOnly('');
  return {};
}
