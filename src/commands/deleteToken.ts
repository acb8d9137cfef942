import * as v from 'valibot';
import * as vscode from 'vscode';

import { readArgument, tokenFields, tokenId } from '../base/arguments';
import { type ErrorCode, type ErrorDetails, type TirError, toTirError } from '../base/errors';
import { folderOf } from '../base/folders';
import { confirm, withProgress } from '../base/prompts';
import { sentence } from '../base/errorSentences';
import { plain } from '../base/text';
import { isUnreadable, sameToken, type SignedIn, tokenKey, type TokenRef } from '../secrets/records';
import type { CommandCall, Services } from '../services';
import type { Token } from '../tir/token';
import { chooseToken, findToken, waitOrTell } from './choose';

const fields = { ...tokenFields, ids: v.optional(v.pipe(v.array(tokenId), v.minLength(1))) };

interface Target extends TokenRef {
  readonly token: Token | undefined;
  /** Whether it's the token that its project is signed in with. */
  readonly signsIn: boolean;
}

interface Failure {
  readonly id: number;
  readonly code: ErrorCode;
}

interface ShownFailure {
  readonly failure: Failure;
  readonly sentence: string;
  /** Whether the list has to be refreshed to know more. */
  readonly isUnknown?: boolean;
}

/** Deletes tokens on TIR, which revokes them at once, and their values on this machine. Always asks first. */
export async function deleteToken(services: Services, call: CommandCall) {
  const failures: ShownFailure[] = [];
  const targets = await findTargets(services, await chooseTargets(services, call), ({ id }, error) => {
    const what = vscode.l10n.t("Couldn't delete the token with the ID {0}.", id);
    failures.push({ failure: { id, code: error.code }, sentence: sentence(error.with({ what }), services.host()) });
  });
  const known = targets.filter(isListed);
  failures.push(
    ...targets
      .filter((target) => target.token === undefined)
      .map(({ id }) => ({
        failure: { id, code: 'not-found' as const },
        sentence: vscode.l10n.t("Couldn't find the token with the ID {0}. Refresh the list.", id),
      })),
  );
  const deleted: number[] = [];
  if (known.length > 0) {
    await services.store.checkWritable();
    await confirm(question(known), await consequences(services, known), vscode.l10n.t('Delete'));
    const tokens = await services.tokens();
    await withProgress(progressTitle(known), async (signal, report) => {
      for (const target of known) {
        report(nameOf(target));
        try {
          signal.throwIfAborted();
          const work = tokens.delete({ ...target, name: target.token.name }).catch((thrown: unknown) => {
            const error = toTirError(thrown);
            throw error.with({ ...failureDetails(error, target), ...error.details });
          });
          await waitOrTell(services, work, signal, {
            goesOn: vscode.l10n.t('TIR is already deleting "{0}", so that can\'t be canceled.', nameOf(target)),
            done: vscode.l10n.t('The token "{0}" was deleted before you canceled.', nameOf(target)),
          });
          deleted.push(target.id);
        } catch (thrown) {
          const error = toTirError(thrown);
          if (error.code === 'storage-failed' && error.details.gone) {
            deleted.push(target.id);
          }
          failures.push({
            failure: { id: target.id, code: error.code },
            sentence: sentence(error, services.host()),
            isUnknown: error.details.next !== undefined,
          });
        }
      }
    });
  }
  if (call.interactive) {
    void showFailures(failures.filter(({ failure }) => failure.code !== 'cancelled'));
  }
  return { deleted, failed: failures.map(({ failure }) => failure) };
}

function isListed(target: Target): target is Target & { readonly token: Token } {
  return target.token !== undefined;
}

async function chooseTargets(services: Services, { argument, selection }: CommandCall): Promise<TokenRef[]> {
  const rows = selection.length > 0 ? selection : Array.isArray(argument) ? argument : [argument];
  const refs: TokenRef[] = [];
  for (const row of rows) {
    const { ids, id, connectionId } = readArgument(fields, row);
    for (const one of ids ?? [id]) {
      const isKnown = one !== undefined && connectionId !== undefined;
      refs.push(
        isKnown
          ? { connectionId, id: one }
          : await chooseToken(services, vscode.l10n.t('Delete Token'), { id: one, connectionId }),
      );
    }
  }
  return [...new Map(refs.map((ref) => [tokenKey(ref), ref])).values()];
}

/** @param skipped receives each token that can't be deleted because its project's record can't be read */
async function findTargets(
  services: Services,
  refs: readonly TokenRef[],
  skipped: (ref: TokenRef, error: TirError) => void,
): Promise<Target[]> {
  const targets: Target[] = [];
  for (const ref of refs) {
    try {
      const signedIn = await services.store.signedIn(ref.connectionId);
      const token = await findToken(services, ref);
      targets.push({ ...ref, token, signsIn: await isSignedInWith(services, signedIn, ref) });
    } catch (error) {
      if (!isUnreadable(error)) {
        throw error;
      }
      skipped(ref, error);
    }
  }
  // The sign-in token goes last: it's needed to delete the others.
  return targets.sort((a, b) => Number(a.signsIn) - Number(b.signsIn));
}

async function isSignedInWith(
  services: Services,
  { connection, credentials }: SignedIn,
  ref: TokenRef,
): Promise<boolean> {
  const stored = await services.store.tokenIfReadable(ref);
  return connection.signInTokenId === ref.id || stored?.credentials.token.equals(credentials.token) === true;
}

function failureDetails({ code, details }: TirError, target: Target): ErrorDetails {
  // If TIR refuses the sign-in token, it may be deleted already: the answer that said so may have been lost.
  return details.unknown || (target.signsIn && code === 'unauthorized')
    ? {
        what: vscode.l10n.t('Can\'t tell whether TIR deleted the token "{0}".', nameOf(target)),
        ...(details.unknown && { next: vscode.l10n.t("Refresh the list to see whether it's there.") }),
      }
    : { what: vscode.l10n.t('Couldn\'t delete the token "{0}".', nameOf(target)) };
}

function nameOf({ token, id }: Target): string {
  return token ? plain(token.name) : `#${id}`;
}

function question(targets: readonly Target[]): string {
  return targets.length === 1 && targets[0]
    ? vscode.l10n.t('Delete the token "{0}"?', nameOf(targets[0]))
    : vscode.l10n.t('Delete {0} tokens?', targets.length);
}

function progressTitle(targets: readonly Target[]): string {
  return targets.length === 1
    ? vscode.l10n.t('Deleting the token')
    : vscode.l10n.t('Deleting {0} tokens', targets.length);
}

/** Lists what will break, by token name. */
async function consequences(services: Services, targets: readonly Target[]): Promise<string> {
  const uses = await services.store.uses();
  const lines = [
    targets.length === 1
      ? vscode.l10n.t("It stops working immediately wherever it's used, and you can't restore it.")
      : vscode.l10n.t("They stop working immediately wherever they're used, and you can't restore them:"),
  ];
  const shown = 12;
  if (targets.length > 1) {
    lines.push(...targets.slice(0, shown).map((target) => `• ${nameOf(target)}`));
    if (targets.length > shown) {
      lines.push(vscode.l10n.t('• and {0} more', targets.length - shown));
    }
  }
  const everywhere = uses.find(({ folder }) => folder === undefined);
  const next = targets.some((target) => sameToken(everywhere, target)) ? undefined : everywhere;
  for (const target of targets) {
    const use = uses.find((one) => sameToken(one, target));
    if (use) {
      lines.push(
        next && use.folder !== undefined
          ? vscode.l10n.t(
              '"{0}" is in use in {1}: new terminals there will use "{2}", and open ones will have an invalid token.',
              nameOf(target),
              plain(folderOf(use.folder)?.name ?? vscode.l10n.t('a folder')),
              plain(next.name),
            )
          : vscode.l10n.t(
              '"{0}" is in use: new terminals will have no token, and open ones will have an invalid one.',
              nameOf(target),
            ),
      );
    }
    if (target.signsIn) {
      const going = targets.filter(({ connectionId }) => connectionId === target.connectionId).map(({ id }) => id);
      const others = [...(await services.store.storedIds(target.connectionId))].some((id) => !going.includes(id));
      lines.push(
        others
          ? vscode.l10n.t(
              'You signed in with "{0}". Another token stored on this machine will replace it.',
              nameOf(target),
            )
          : vscode.l10n.t('You signed in with "{0}", so you\'ll have to sign in again.', nameOf(target)),
      );
    }
  }
  return lines.join('\n');
}

async function showFailures(failed: readonly ShownFailure[]): Promise<void> {
  if (failed.length > 0) {
    const refresh = vscode.l10n.t('Refresh');
    const buttons = failed.some(({ isUnknown }) => isUnknown) ? [refresh] : [];
    const sentences = failed.map((one) => one.sentence);
    if ((await vscode.window.showErrorMessage(sentences.join('\n'), ...buttons)) === refresh) {
      await vscode.commands.executeCommand('tir.refresh');
    }
  }
}
