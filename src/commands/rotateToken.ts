import * as vscode from 'vscode';

import { fromUi, readArgument, tokenFields } from '../base/arguments';
import { toTirError } from '../base/errors';
import { confirm, withProgress } from '../base/prompts';
import { sentence } from '../base/errorSentences';
import { plain } from '../base/text';
import { type NamedToken, sameToken, type TokenRef } from '../secrets/records';
import type { CommandCall, Services } from '../services';
import type { Recovery } from '../tokens/rotationOutcome';
import { chooseToken, findToken, noSuchToken, waitOrTell } from './choose';
import { storageLossWarning } from './storageLoss';

/** Replaces a token with a new one wherever it's in use on this machine, and deletes it. */
export async function rotateToken(services: Services, { argument, interactive }: CommandCall) {
  const ref = await chooseToken(services, vscode.l10n.t('Rotate Token'), readArgument(tokenFields, argument));
  // A token that's already deleted may have an unfinished rotation.
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
  const tokens = await services.tokens();
  const newToken = await withProgress(vscode.l10n.t('Rotating the token "{0}"…', name), (signal) => {
    // Canceling only stops waiting: a rotation must not stop halfway.
    const work = tokens.rotate(ref, oldName);
    work.then(
      ({ left }) => left && void tellOfLeft(left),
      (error: unknown) => {
        const { code, details } = toTirError(error);
        // The sentence of a lost value tells of it.
        return details.left && code !== 'value-lost' && void tellOfLeft({ ...ref, ...details.left });
      },
    );
    const goesOn = vscode.l10n.t('The rotation of "{0}" continues in the background.', name);
    const done = vscode.l10n.t('The token "{0}" was rotated.', name);
    return waitOrTell(services, work, signal, { goesOn, done }).catch((error: unknown) => {
      throw toTirError(error).with({ token: ref, ...toTirError(error).details });
    });
  });
  if (interactive) {
    vscode.window.setStatusBarMessage(
      vscode.l10n.t('Replaced the token "{0}" with "{1}".', name, plain(newToken.name)),
      5000,
    );
  }
  return { oldId: ref.id, id: newToken.id, name: newToken.name };
}

async function consequences(services: Services, ref: TokenRef, name: string): Promise<string> {
  const tokens = await services.tokens();
  const newToken = plain(await tokens.nextName(ref.connectionId, name));
  const uses = (await services.store.uses()).filter((use) => sameToken(use, ref));
  return [
    vscode.l10n.t('This creates "{0}", stores and tests its value, and then deletes "{1}".', newToken, plain(name)),
    uses.length > 0
      ? vscode.l10n.t('New terminals will use the new token.')
      : vscode.l10n.t('"{0}" isn\'t in use in terminals on this machine.', plain(name)),
    vscode.l10n.t('Wherever else you use the old token, such as on other machines and in pipelines, it stops working.'),
    ...(services.lasting.isDoubtful ? [storageLossWarning()] : []),
  ].join('\n');
}

/** Finishes or undoes rotations that a closed window left unfinished, and reports each outcome. */
export async function recoverRotations(services: Services): Promise<void> {
  const tokens = await services.tokens();
  const recoveries = await tokens.recoverRotations();
  // In parallel: a message that waits for its button must not hold up the others.
  await Promise.all(recoveries.map((recovery) => tell(services, recovery)));
}

/** Says that TIR has a token that a rotation may have left, and offers to delete it: only the person knows whose it is. */
async function tellOfLeft(
  left: NamedToken,
  message = vscode.l10n.t(
    'The token "{0}" may be left over from a rotation. Delete it, unless you use it.',
    plain(left.name),
  ),
): Promise<void> {
  const remove = vscode.l10n.t('Delete…');
  if ((await vscode.window.showWarningMessage(message, remove)) === remove) {
    await vscode.commands.executeCommand('tir.deleteToken', fromUi({ connectionId: left.connectionId, id: left.id }));
  }
}

async function tell(services: Services, { rotation, outcome, error, left }: Recovery): Promise<void> {
  const [old, name] = [plain(rotation.oldName), plain(rotation.newName)];
  const ref = { connectionId: rotation.connectionId, id: rotation.oldId };
  if (outcome === 'ended') {
    if (left) {
      await tellOfLeft(left);
    }
  } else if (outcome === 'finished') {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Finished the interrupted rotation of "{0}": "{1}" replaces it.', old, name),
    );
  } else if (outcome === 'undone') {
    if (left) {
      const undone = vscode.l10n.t(
        'Undid the interrupted rotation of "{0}", which still works. Delete the token "{1}", unless you use it: it may be left over from the rotation.',
        old,
        plain(left.name),
      );
      await tellOfLeft(left, undone);
    } else {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Undid the interrupted rotation of "{0}", which still works.', old),
      );
    }
  } else if (error) {
    services.log.warn(`The rotation of ${ref.id} is unfinished: ${error.code}`);
    const again = vscode.l10n.t('Try Again');
    const what = vscode.l10n.t('Couldn\'t finish the interrupted rotation of "{0}".', old);
    const answer = await vscode.window.showWarningMessage(sentence(error.with({ what }), services.host()), again);
    if (answer === again) {
      await vscode.commands.executeCommand('tir.rotateToken', fromUi(ref));
    }
  }
}
