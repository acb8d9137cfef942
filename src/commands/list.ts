import * as v from 'valibot';
import * as vscode from 'vscode';

import { readArgument } from '../base/arguments';
import { TirError } from '../base/errors';
import { askPick, askText, singleStep } from '../base/prompts';
import type { CommandCall, Services } from '../services';
import { type Sorting, sortings } from '../tir/token';

/** Reloads the tokens of every project from TIR. */
export async function refresh(services: Services) {
  const connections = await services.store.connections();
  if (connections.length === 0) {
    throw new TirError('not-signed-in', 'no connection');
  }
  // Show no progress notification: the view has its own progress bar.
  const lists = await Promise.all(connections.map(({ id }) => services.lists.refresh(id)));
  return { tokenCount: lists.flat().length };
}

/** Returns the argument's `text`, or else asks for it, starting with the current filter. */
export async function chooseFilter(
  argument: unknown,
  question: { title: string; prompt: string; value: string },
): Promise<string> {
  const given = readArgument({ text: v.optional(v.string()) }, argument);
  const { title, ...asked } = question;
  return (given.text ?? (await askText(singleStep(title), { ...asked, validate: () => undefined }))).trim();
}

/** Sorts the rows of the tree by name, age or expiry. Later windows keep the order. */
export async function sortTokens(services: Services, { argument }: CommandCall) {
  const given = readArgument({ by: v.optional(v.picklist(sortings)) }, argument);
  const names: Record<Sorting, string> = {
    name: vscode.l10n.t('Name'),
    age: vscode.l10n.t('Age (oldest first)'),
    expiry: vscode.l10n.t('Expiry (soonest first)'),
  };
  const items = sortings.map((by) => ({ label: names[by], by }));
  const present = items.find(({ by }) => by === services.view.sorting);
  const by =
    given.by ?? (await askPick(singleStep(vscode.l10n.t('Sort Tokens')), vscode.l10n.t('Sort by'), items, present)).by;
  await services.view.sort(by);
  return { by };
}

/** Shows only the tokens whose names contain a text. */
export async function filterTokens(services: Services, { argument }: CommandCall) {
  const text = await chooseFilter(argument, {
    title: vscode.l10n.t('Filter Tokens'),
    prompt: vscode.l10n.t('Part of a token name. Leave it empty to show all tokens.'),
    value: services.view.filter,
  });
  await services.view.setFilter(text);
  return { text };
}

export async function clearFilter(services: Services) {
  await services.view.setFilter('');
  return {};
}
