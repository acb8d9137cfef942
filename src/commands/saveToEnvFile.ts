import * as v from 'valibot';
import * as vscode from 'vscode';

import { readArgument, tokenFields } from '../base/arguments';
import { refusal, withErrorContext } from '../base/errors';
import { confirm, withProgress } from '../base/prompts';
import { plain } from '../base/text';
import { settings } from '../base/settings';
import { addIgnoreLine, envFile, readEnvFile, replacedNames, saveToEnvFile as save } from '../export/envFile';
import { gitStatusOf } from '../export/git';
import type { TokenRef } from '../secrets/records';
import type { CommandCall, Services } from '../services';
import { variablesOf } from '../terminals/variables';
import { chooseToken, tokenWithValue } from './choose';
import { requireExportEnabled, requireTrust, recordExport } from './export';
import { chooseFolder, folderField } from './chooseFolder';

const fields = { ...tokenFields, ...folderField, ignore: v.optional(v.boolean()) };

/**
 * Saves the variables that terminals get to a workspace folder's `.env` file, which Git must ignore. If Git doesn't,
 * adds a line to `.gitignore`: a person has to confirm that, and another extension has to pass `ignore`.
 */
export async function saveToEnvFile(services: Services, { argument, interactive }: CommandCall) {
  requireExportEnabled();
  requireTrust();
  const given = readArgument(fields, argument);
  const title = vscode.l10n.t('Save to .env');
  const ref = await chooseToken(services, title, given);
  const { uri } = await chooseFolder(
    title,
    vscode.l10n.t('Select the folder whose .env file gets the token'),
    given.folder,
  );
  const name = plain((await tokenWithValue(services, ref)).name);
  const path = vscode.workspace.asRelativePath(vscode.Uri.joinPath(uri, envFile));
  return withErrorContext(vscode.l10n.t('Couldn\'t save the token "{0}".', name), async () => {
    const isIgnored = await isIgnoredOrOutside(uri, path);
    const file = vscode.Uri.joinPath(uri, envFile).fsPath;
    const names = await extraNames(services);
    if (interactive) {
      const replaced = replacedNames(await readEnvFile(file), (await variablesFor(services, ref)).variables, names);
      await ask(name, path, isIgnored, replaced);
      await refuseChanged(services, ref, uri, { path, isIgnored, replaced, names });
    } else if (!isIgnored && given.ignore !== true) {
      throw refusal(
        'invalid-input',
        vscode.l10n.t(
          "Git doesn't ignore {0}, so it could be committed. Add the line .env to .gitignore first.",
          plain(path),
        ),
      );
    }
    if (!isIgnored) {
      await ignore(uri, path);
    }
    // Check again: the file may have been edited since.
    refuseUnsaved(uri, path);
    // Read the value now: it may have been rotated while the question was open.
    const { token, variables } = await variablesFor(services, ref);
    await save(file, variables, names);
    await recordExport(services, 'save-env', { ...ref, name: token.name }, uri);
    if (interactive) {
      const message = vscode.l10n.t(
        'Saved the token "{0}" to {1}. Anyone who can read this file can use the token.',
        name,
        plain(path),
      );
      void vscode.window.showInformationMessage(message);
    }
    return { file, variables: [...variables.keys()] };
  });
}

/** Returns the extra names of all projects: the file may have those of a token of another one. */
async function extraNames({ store }: Services): Promise<readonly string[]> {
  return (await store.connections()).flatMap(({ variables = [] }) => variables);
}

/** @throws TirError `invalid-input` if the answer doesn't fit any more, because the file or git changed meanwhile */
async function refuseChanged(
  services: Services,
  ref: TokenRef,
  folder: vscode.Uri,
  asked: { path: string; isIgnored: boolean; replaced: readonly string[]; names: readonly string[] },
): Promise<void> {
  const isIgnored = await isIgnoredOrOutside(folder, asked.path);
  const text = await readEnvFile(vscode.Uri.joinPath(folder, envFile).fsPath);
  const replaced = replacedNames(text, (await variablesFor(services, ref)).variables, asked.names);
  if (isIgnored !== asked.isIgnored || replaced.some((one) => !asked.replaced.includes(one))) {
    throw refusal(
      'invalid-input',
      vscode.l10n.t('{0} or its Git status changed in the meantime. Save the token again.', plain(asked.path)),
    );
  }
}

async function variablesFor(services: Services, ref: TokenRef) {
  const token = await tokenWithValue(services, ref);
  const { connection } = await services.store.signedIn(ref.connectionId);
  return { token, variables: variablesOf(token.credentials, connection, settings.sdkVariables()) };
}

/** Resolves to whether Git ignores the file, or there's no repository to commit it to. Rejects if Git tracks it. */
async function isIgnoredOrOutside(folder: vscode.Uri, path: string): Promise<boolean> {
  await readEnvFile(vscode.Uri.joinPath(folder, envFile).fsPath);
  refuseUnsaved(folder, path);
  const standing = await askGit(folder);
  if (standing === 'tracked') {
    throw refusal(
      'invalid-input',
      vscode.l10n.t('Git tracks {0}, so the token would be committed. Run "git rm --cached .env" first.', plain(path)),
    );
  }
  return standing !== 'not-ignored';
}

function askGit(folder: vscode.Uri) {
  return withProgress(vscode.l10n.t('Checking whether Git ignores .env…'), (signal) =>
    gitStatusOf(folder.fsPath, signal),
  );
}

function refuseUnsaved(folder: vscode.Uri, path: string): void {
  const file = vscode.Uri.joinPath(folder, envFile).toString();
  if (vscode.workspace.textDocuments.some(({ isDirty, uri }) => isDirty && uri.toString() === file)) {
    throw refusal('invalid-input', vscode.l10n.t('{0} has unsaved changes in an editor. Save it first.', plain(path)));
  }
}

async function ask(name: string, path: string, isIgnored: boolean, replaced: readonly string[]): Promise<void> {
  const plainText = vscode.l10n.t('The token is saved in plain text, so anyone who can read the file can use it.');
  const line = vscode.l10n.t("Git doesn't ignore the file yet, so the line .env will be added to .gitignore.");
  const details = [
    plainText,
    replaced.length > 0 &&
      vscode.l10n.t('This overwrites or removes these variables in the file: {0}.', replaced.join(', ')),
    !isIgnored && line,
  ];
  await confirm(
    vscode.l10n.t('Save the token "{0}" to {1}?', name, plain(path)),
    details.filter(Boolean).join('\n'),
    isIgnored ? vscode.l10n.t('Save') : vscode.l10n.t('Add to .gitignore and Save'),
  );
}

async function ignore(folder: vscode.Uri, path: string): Promise<void> {
  await addIgnoreLine(folder.fsPath);
  if ((await askGit(folder)) === 'not-ignored') {
    throw refusal(
      'invalid-input',
      vscode.l10n.t(
        'Git doesn\'t ignore {0}, even with the line .env in .gitignore. Look there for a later line that begins with "!".',
        plain(path),
      ),
    );
  }
}
