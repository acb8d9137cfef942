import { hostname } from 'node:os';

import * as v from 'valibot';
import * as vscode from 'vscode';

import { readArgument } from '../base/arguments';
import { toTirError, withErrorContext } from '../base/errors';
import { askText, confirm, singleStep, withProgress } from '../base/prompts';
import type { Credentials } from '../base/secret';
import { sentence } from '../base/errorSentences';
import { plain } from '../base/text';
import type { Connection } from '../secrets/records';
import type { CommandCall, Services } from '../services';
import { nameProblem, suggestName } from '../tir/input';
import { chooseConnection, loadTokens, waitUnlessCancelled } from './choose';
import { terminalAvailability } from './useToken';

const fields = {
  name: v.optional(v.string()),
  connectionId: v.optional(v.string()),
  activate: v.optional(v.boolean()),
};

/** Creates a token and stores its value. By default, terminals use it if no token is in use yet. */
export async function createToken(services: Services, { argument, interactive }: CommandCall) {
  const given = readArgument(fields, argument);
  const title = vscode.l10n.t('Create Token');
  const { connection } = await chooseConnection(services, title, given.connectionId);
  const taken = new Set((await loadTokens(services, connection)).map((token) => token.name));
  const name = given.name ?? (await askName(title, taken));
  const problem = nameProblem(name, taken);
  if (problem) {
    throw problem;
  }
  const tokens = await services.tokens();
  const result = await createUntilValueArrives(services, connection, name, interactive, () =>
    withErrorContext(vscode.l10n.t('The token "{0}" was not created.', name), () =>
      withProgress(vscode.l10n.t('Creating the token "{0}"…', name), (signal) => {
        // A request that was sent can't be withdrawn. Cancelling only stops waiting; the value is still stored.
        const work = tokens.create(connection.id, name, given.activate);
        signal.addEventListener('abort', () => {
          tellLater(services, name, work);
        });
        return waitUnlessCancelled(work, signal);
      }),
    ),
  );
  if (interactive) {
    const created = vscode.l10n.t('The token "{0}" was created.', name);
    const inUse = result.active ? terminalAvailability() : undefined;
    void tell([created, inUse?.text].filter(Boolean).join(' '), inUse?.reached ?? false);
  }
  return result;
}

/** Runs `work`. If the answer with the value is lost, offers to delete the unusable token and create it again. */
async function createUntilValueArrives<T>(
  services: Services,
  connection: Connection,
  name: string,
  interactive: boolean,
  work: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const { code, details } = toTirError(error);
      const { lostId } = details;
      if (code !== 'value-lost' || lostId === undefined || !interactive) {
        throw error;
      }
      await confirm(
        vscode.l10n.t('The token "{0}" was created, but its value was lost on the way.', name),
        vscode.l10n.t(
          'TIR shows a value only once, so that nobody can use this token. Delete it, and create it once more?',
        ),
        vscode.l10n.t('Delete and Try Again'),
      );
      await withErrorContext(vscode.l10n.t('The token "{0}" was not deleted.', name), () =>
        withProgress(vscode.l10n.t('Deleting the token'), async (signal) =>
          (await services.tokens()).deleteLost(connection.id, lostId, name, signal),
        ),
      );
    }
  }
}

function askName(title: string, taken: ReadonlySet<string>): Promise<string> {
  return askText(singleStep(title), {
    prompt: vscode.l10n.t('A name that says where the token will be used: one token for each machine or integration.'),
    value: suggestName(hostname(), vscode.workspace.name, taken),
    validate: (name) => nameProblem(name, taken)?.details.why,
  });
}

/** Shows a new token's value once, to copy it elsewhere: the last resort if it can't be stored. */
export async function showOnce(name: string, { token, apiKey }: Credentials): Promise<void> {
  const copy = vscode.l10n.t('Copy');
  const values = [
    `${vscode.l10n.t('Token:')} ${token.reveal()}`,
    ...(apiKey ? [`${vscode.l10n.t('API key:')} ${apiKey.reveal()}`] : []),
  ];
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t(
      'The token "{0}" was created, but this machine could not store its value. Copy it now: it is not shown again.',
      plain(name),
    ),
    { modal: true, detail: values.join('\n') },
    copy,
  );
  if (answer === copy) {
    await vscode.env.clipboard.writeText(token.reveal());
  }
}

function tellLater(services: Services, name: string, work: Promise<{ active: boolean }>): void {
  work.then(
    () =>
      void tell(
        vscode.l10n.t('The token "{0}" was created before it could be cancelled; its value is stored.', name),
        false,
      ),
    (error: unknown) => {
      const failure = toTirError(error);
      services.log.warn(`A cancelled creation failed: ${failure.message}`);
      void vscode.window.showWarningMessage(
        `${vscode.l10n.t('The cancelled creation of "{0}" failed.', name)} ${sentence(failure, services.host())}`,
      );
    },
  );
}

async function tell(message: string, withTerminal: boolean): Promise<void> {
  const open = vscode.l10n.t('Open Terminal');
  const answer = await vscode.window.showInformationMessage(message, ...(withTerminal ? [open] : []));
  if (answer === open) {
    await vscode.commands.executeCommand('tir.openTerminal');
  }
}
