import * as v from 'valibot';
import * as vscode from 'vscode';

import { readArgument } from '../base/arguments';
import { refusal } from '../base/errors';
import { askPicks, askSteps, askText, type StepPosition } from '../base/prompts';
import { dateText, plain } from '../base/text';
import { sameToken } from '../secrets/records';
import type { CommandCall, Services } from '../services';
import { day, latestOf } from '../tir/times';
import { loadTokens } from './choose';
import { deleteToken } from './deleteToken';

/** Finds tokens that this machine hasn't used for a while, and deletes those that the person selects. */
export async function findUnusedTokens(services: Services, call: CommandCall) {
  const { days: given } = readArgument(
    { days: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))) },
    call.argument,
  );
  let days = given ?? 90;
  let chosen: Awaited<ReturnType<typeof findUnused>> = [];
  const askHowLong = async (position: StepPosition) => {
    days = await askDays(position, days);
  };
  const askWhich = async (position: StepPosition) => {
    const unused = await findUnused(services, days);
    if (unused.length === 0) {
      throw refusal(
        'not-found',
        vscode.l10n.t('Every token was created or used on this machine in the last {0} days.', days),
      );
    }
    // Keep it short: VS Code shows the number of selected items beside it, and cuts off longer texts.
    const placeholder = vscode.l10n.t('Other machines may use these. Press Enter to delete them.');
    chosen = [...(await askPicks(position, placeholder, unused))];
  };
  await askSteps(vscode.l10n.t('Find Tokens Not Used Here'), given === undefined ? [askHowLong, askWhich] : [askWhich]);
  const rows = chosen.map(({ ref }) => ref);
  return rows.length === 0
    ? { deleted: [], failed: [] }
    : deleteToken(services, { ...call, argument: undefined, selection: rows });
}

async function askDays(position: StepPosition, days: number): Promise<number> {
  const answer = await askText(position, {
    prompt: vscode.l10n.t("Enter the number of days without use on this machine. Use on other machines isn't known."),
    value: String(days),
    validate: (value) =>
      /^\s*[1-9]\d{0,4}\s*$/.test(value) ? undefined : vscode.l10n.t('Enter a number of days, such as 90.'),
  });
  return Number(answer);
}

async function findUnused(services: Services, days: number) {
  const since = services.now() - days * day;
  const uses = await services.store.uses();
  const found = [];
  for (const connection of await services.store.connections()) {
    for (const token of await loadTokens(services, connection)) {
      const ref = { connectionId: connection.id, id: token.id };
      const last = services.usage.last(ref);
      const isInUse = uses.some((use) => sameToken(use, ref));
      const isSignIn = connection.signInTokenId === token.id;
      // A token of unknown age may be new.
      const isNew = (latestOf(token.created) ?? Infinity) > since;
      if (!isInUse && !isSignIn && !isNew && (last ?? 0) <= since) {
        found.push({
          label: plain(token.name),
          description: [
            plain(connection.label),
            last === undefined
              ? vscode.l10n.t('never used on this machine')
              : vscode.l10n.t('last used on this machine: {0}', dateText(last)),
          ].join(' · '),
          ref,
        });
      }
    }
  }
  return found;
}
