import { hostname } from 'node:os';

import * as v from 'valibot';
import * as vscode from 'vscode';

import { fromUi, readArgument } from '../base/arguments';
import { toTirError, withErrorContext } from '../base/errors';
import { askText, confirm, singleStep, withProgress } from '../base/prompts';
import type { Credentials } from '../base/secret';
import { plain } from '../base/text';
import type { Connection, TokenRef } from '../secrets/records';
import type { CommandCall, Services } from '../services';
import type { CreatedToken } from '../tokens/tokens';
import { nameProblem, nextTokenName, suggestName } from '../tir/input';
import { chooseConnection, loadTokens, waitOrTell, waitUnlessCancelled } from './choose';
import { storageLossWarning } from './storageLoss';
import { tellOfUse } from './useToken';

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
  if (interactive && services.lasting.isDoubtful) {
    await confirm(
      vscode.l10n.t('Create a token even though this machine may lose its value?'),
      storageLossWarning(),
      vscode.l10n.t('Create Anyway'),
    );
  }
  const taken = new Set((await loadTokens(services, connection)).map((token) => token.name));
  const tokens = await services.tokens();
  const create = (name: string) =>
    withProgress(vscode.l10n.t('Creating the token "{0}"…', name), (signal) => {
      // A request that was sent can't be withdrawn. Canceling only stops waiting; the value is still stored.
      const work = withErrorContext(vscode.l10n.t('Couldn\'t create the token "{0}".', name), () =>
        tokens.create(connection.id, name, given.activate),
      );
      const done = vscode.l10n.t('The token "{0}" was created and stored before you canceled.', name);
      return waitOrTell(services, work, signal, { done });
    });
  const askForName = (suggestion?: string, problem?: string) => askName(title, taken, suggestion, problem);
  let name = given.name ?? (await askForName());
  let result: CreatedToken | undefined;
  while (!result) {
    const problem = nameProblem(name, taken);
    if (problem) {
      throw problem;
    }
    try {
      result = await create(name);
    } catch (thrown) {
      const error = toTirError(thrown);
      const { call, lostId, unknown } = error.details;
      const next = nextTokenName(name, taken.add(name));
      if (error.code === 'conflict' && call === 'create') {
        const why = vscode.l10n.t(
          'The name "{0}" is already taken, perhaps by a deleted token. Try "{1}".',
          name,
          next,
        );
        if (given.name !== undefined) {
          throw error.with({ why });
        }
        name = await askForName(next, why);
      } else if (error.code === 'value-lost' && lostId !== undefined && !unknown && interactive) {
        await deleteLost(services, connection, { id: lostId, name }, next);
        name = next;
      } else {
        throw error;
      }
    }
  }
  if (interactive) {
    const created = vscode.l10n.t('The token "{0}" was created.', plain(result.name));
    if (result.active) {
      void tellOfUse(services, created);
    } else {
      void offerUse(created, { connectionId: connection.id, id: result.id });
    }
  }
  return result;
}

/** Offers to delete a token whose value is lost. A deleted token's name stays taken, so the next one has another. */
async function deleteLost(
  services: Services,
  { id: connectionId }: Connection,
  lost: { readonly id: number; readonly name: string },
  next: string,
): Promise<void> {
  await confirm(
    vscode.l10n.t('The token "{0}" was created, but its value didn\'t arrive.', lost.name),
    vscode.l10n.t(
      "You can't use it, because its value isn't in TIR's list. Delete it and create \"{0}\" instead?",
      next,
    ),
    vscode.l10n.t('Delete and Create'),
  );
  await withErrorContext(vscode.l10n.t('Couldn\'t delete the token "{0}".', lost.name), () =>
    withProgress(vscode.l10n.t('Deleting the token'), async (signal) =>
      waitUnlessCancelled((await services.tokens()).deleteLost(connectionId, lost.id, lost.name), signal),
    ),
  );
}

function askName(
  title: string,
  taken: ReadonlySet<string>,
  suggestion: string | undefined,
  problem: string | undefined,
): Promise<string> {
  return askText(singleStep(title), {
    prompt: vscode.l10n.t(
      'Enter a name that says where the token will be used. Create one token for each machine or integration.',
    ),
    value: suggestion ?? suggestName(hostname(), vscode.workspace.name, taken),
    problem,
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
      'The token "{0}" was created, but this machine couldn\'t store its value. Copy it now, because it won\'t be shown again.',
      plain(name),
    ),
    { modal: true, detail: values.join('\n') },
    copy,
  );
  if (answer === copy) {
    // With its API key, without which TIR refuses the token.
    await vscode.env.clipboard.writeText(apiKey ? values.join('\n') : token.reveal());
  }
}

async function offerUse(message: string, { connectionId, id }: TokenRef): Promise<void> {
  const use = vscode.l10n.t('Use in Terminals');
  if ((await vscode.window.showInformationMessage(message, use)) === use) {
    await vscode.commands.executeCommand('tir.useToken', fromUi({ connectionId, id }));
  }
}
