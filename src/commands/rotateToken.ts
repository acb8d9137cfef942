import * as vscode from 'vscode';

import { fromUi } from '../base/arguments';
import { readArgument, tokenFields } from '../base/arguments';
import { type TirError, toTirError } from '../base/errors';
import { confirm, withProgress } from '../base/prompts';
import { plain, sentence } from '../base/sentences';
import { sameToken, type TokenRef } from '../secrets/records';
import type { Services } from '../services';
import type { Recovery } from '../tokens/rotation';
import { chooseToken, findToken, noSuchToken, untilCancelled } from './choose';
import type { Call } from './register';

/** Replaces a token by a successor, which is put to use wherever the old one was, and deletes the old one. */
export async function rotateToken(services: Services, { argument, interactive }: Call) {
  const ref = await chooseToken(services, vscode.l10n.t('Rotate Token'), readArgument(tokenFields, argument));
  // One that is deleted already may have a rotation of which the last steps are left.
  const begun = await services.store.rotation(ref);
  const oldName = (await findToken(services, ref))?.name ?? begun?.oldName;
  if (oldName === undefined) {
    throw noSuchToken(ref.id);
  }
  const name = plain(oldName);
  if (interactive) {
    await confirm(
      vscode.l10n.t('Rotate the token "{0}"?', name),
      await consequences(services, ref, oldName),
      vscode.l10n.t('Rotate'),
    );
  }
  try {
    const tokens = await services.tokens();
    const successor = await withProgress(vscode.l10n.t('Rotating the token "{0}"…', name), (signal) => {
      // Half a rotation helps nobody: cancelling ends the waiting alone.
      const work = tokens.rotate(ref, oldName);
      signal.addEventListener('abort', () => {
        void vscode.window.showInformationMessage(vscode.l10n.t('The rotation of "{0}" goes on.', name));
        work.catch((error: unknown) => {
          void vscode.window.showWarningMessage(sentence(explain(toTirError(error), name), services.host()));
        });
      });
      return untilCancelled(work, signal);
    });
    if (interactive) {
      vscode.window.setStatusBarMessage(
        vscode.l10n.t('The token "{0}" was replaced by "{1}".', name, plain(successor.name)),
        5000,
      );
    }
    return { oldId: ref.id, id: successor.id, name: successor.name };
  } catch (error) {
    throw explain(toTirError(error), name);
  }
}

async function consequences(services: Services, ref: TokenRef, name: string): Promise<string> {
  const tokens = await services.tokens();
  const successor = plain(await tokens.nextName(ref.connectionId, name));
  const uses = (await services.store.uses()).filter((use) => sameToken(use, ref));
  return [
    vscode.l10n.t(
      'A token "{0}" is created, its value is stored here and proved, and then "{1}" is deleted.',
      successor,
      plain(name),
    ),
    uses.length > 0
      ? vscode.l10n.t('New terminals get the new one.')
      : vscode.l10n.t('It is not in use in terminals here.'),
    vscode.l10n.t(
      'Wherever else the old token is used it stops working: on other machines, in pipelines, in notebooks.',
    ),
  ].join('\n');
}

/** What is now, and what will happen by itself. */
function explain(error: TirError, name: string): TirError {
  if (error.code === 'cancelled') {
    return error;
  }
  switch (error.details.rotation) {
    case 'under-way':
      return error.with({ what: '', why: vscode.l10n.t('The token "{0}" is being rotated already.', name) });
    case 'unfinished':
      return error.with({
        what: error.details.unknown
          ? vscode.l10n.t(
              'The rotation of "{0}" is not finished: its successor is stored, and whether the old token was deleted is not known. Rotate it again to go on; the next start of the editor tries it too.',
              name,
            )
          : vscode.l10n.t(
              'The rotation of "{0}" is not finished: its successor is stored, and the old token still works. Rotate it again to go on; the next start of the editor tries it too.',
              name,
            ),
      });
    case 'old-kept':
      return error.with({
        what: vscode.l10n.t(
          'The token "{0}" has a successor, which is in use; the old one was not deleted and still works.',
          name,
        ),
      });
    case 'undone':
      return error.with({
        what: vscode.l10n.t('The token "{0}" was not rotated, and works as before.', name),
        why:
          error.code === 'unauthorized'
            ? vscode.l10n.t('TIR refused its successor, which was deleted again.')
            : vscode.l10n.t('Its successor was deleted meanwhile.'),
      });
    case undefined:
      return error.with({
        what: error.details.unknown
          ? vscode.l10n.t(
              'Whether a successor of "{0}" was created is not known; the next rotation of it looks first.',
              name,
            )
          : vscode.l10n.t('The token "{0}" was not rotated, and works as before.', name),
        ...(error.code === 'value-lost' && {
          why: vscode.l10n.t(
            'The value of its successor was lost on the way, so that one was deleted again. Try again.',
          ),
        }),
      });
  }
}

/** Finishes or takes back what a window left unfinished that ended in the middle, and says which. */
export async function resumeRotations(services: Services): Promise<void> {
  const tokens = await services.tokens();
  const recoveries = await tokens.recoverRotations();
  // Together: one that asks for a button keeps none of the others waiting.
  await Promise.all(recoveries.map((recovery) => tell(services, recovery)));
}

async function tell(services: Services, { rotation, outcome, error }: Recovery): Promise<void> {
  const [old, name] = [plain(rotation.oldName), plain(rotation.newName)];
  const ref = { connectionId: rotation.connectionId, id: rotation.oldId };
  if (outcome === 'finished') {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'The rotation of "{0}" had been interrupted and is finished now: "{1}" has taken its place.',
        old,
        name,
      ),
    );
  } else if (outcome === 'undone') {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('The rotation of "{0}" had been interrupted and was taken back: "{0}" works as before.', old),
    );
  } else if (error) {
    services.log.warn(`The rotation of ${ref.id} is unfinished: ${error.code}`);
    const again = vscode.l10n.t('Try Again');
    const message = vscode.l10n.t('The rotation of "{0}" had been interrupted and is not finished yet.', old);
    const answer = await vscode.window.showWarningMessage(`${message} ${sentence(error, services.host())}`, again);
    if (answer === again) {
      await vscode.commands.executeCommand('tir.rotateToken', fromUi(ref));
    }
  }
}
