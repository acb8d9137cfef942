import { hostname } from 'node:os';

import * as v from 'valibot';
import * as vscode from 'vscode';

import { refusal, withErrorContext, TirError, toTirError } from '../base/errors';
import { singleStep, askText, confirm, withProgress } from '../base/prompts';
import { nameProblemSentence, plain, sentence } from '../base/sentences';
import type { Connection } from '../secrets/records';
import type { Services } from '../services';
import { nameProblem, suggestName } from '../tir/input';
import { createdText } from '../tir/token';
import { createOnTir, deleteIfThere, type NewToken } from '../tokens/createAndDelete';
import { readArgument } from './argument';
import { chooseConnection, loadTokens, untilCancelled } from './choose';
import type { Call } from './register';
import { putToUse, terminalAvailability } from './useToken';

const fields = {
  name: v.optional(v.string()),
  connectionId: v.optional(v.string()),
  activate: v.optional(v.boolean()),
};

/** Creates a token, stores its value, and puts it to use in terminals if none is in use yet. */
export async function createToken(services: Services, { argument, interactive }: Call) {
  const given = readArgument(fields, argument);
  const title = vscode.l10n.t('Create Token');
  const { connection } = await chooseConnection(services, title, given.connectionId);
  const taken = new Set((await loadTokens(services, connection)).map((token) => token.name));
  const name = given.name ?? (await askName(title, taken));
  const problem = nameProblem(name, taken);
  if (problem) {
    throw refusal(problem === 'taken' ? 'conflict' : 'invalid-input', nameProblemSentence(problem, name));
  }
  const result = await untilItArrives(services, connection, name, interactive, () =>
    withErrorContext(vscode.l10n.t('The token "{0}" was not created.', name), () =>
      withProgress(vscode.l10n.t('Creating the token "{0}"…', name), (signal) => {
        // A creation that was sent cannot be called back. Cancelling ends the waiting; the value is stored all the same.
        const work = create(services, connection.id, name, given.activate);
        signal.addEventListener('abort', () => {
          tellLater(services, name, work);
        });
        return untilCancelled(work, signal);
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

/** Where the answer with the value was lost, offers to delete what was created, and to create it once more. */
async function untilItArrives<T>(
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
        withProgress(vscode.l10n.t('Deleting the token'), (signal) =>
          services.sessions.call(connection.id, (client) => deleteIfThere(client, lostId, signal)),
        ),
      );
      await services.activity.note('delete', { connectionId: connection.id, token: { id: lostId, name } });
      services.lists.remove(connection.id, lostId);
    }
  }
}

function askName(title: string, taken: ReadonlySet<string>): Promise<string> {
  return askText(singleStep(title), {
    prompt: vscode.l10n.t('A name that says where the token will be used: one token for each machine or integration.'),
    value: suggestName(hostname(), vscode.workspace.name, taken),
    validate: (name) => {
      const problem = nameProblem(name, taken);
      return problem && nameProblemSentence(problem, name);
    },
  });
}

async function create(services: Services, connectionId: string, name: string, activate: boolean | undefined) {
  await services.store.checkWritable();
  const made = await send(services, connectionId, name);
  const { token } = made;
  const id = await keep(services, connectionId, name, made);
  const noted = services.activity.note('create', { connectionId, token: { id, name: token.name } });
  const active = await withErrorContext(
    vscode.l10n.t('The token "{0}" was created and is stored, but it is not in use.', name),
    async () => {
      const wanted = activate ?? !(await services.store.uses()).some(({ folder }) => folder === undefined);
      if (wanted) {
        await putToUse(services, { connectionId, id, name: token.name });
      }
      return wanted;
    },
  );
  await noted;
  services.log.info(`Created the token ${id} in ${connectionId}.`);
  return { id, name: token.name, createdAt: createdText(token.created), active };
}

async function send(services: Services, connectionId: string, name: string): Promise<NewToken> {
  try {
    return await services.sessions.call(connectionId, (client) => createOnTir(client, name, services.now()));
  } catch (thrown) {
    const error = toTirError(thrown);
    if (error.code === 'value-lost' || error.details.unknown) {
      // It is, or may be, there all the same: the list will tell, and the name then counts as taken.
      services.lists.refresh(connectionId).catch(() => undefined);
    }
    if (error.code === 'value-lost') {
      throw error.with({ what: vscode.l10n.t('The token "{0}" cannot be used.', name) });
    }
    throw error.details.unknown
      ? error.with({
          what: vscode.l10n.t('Whether the token "{0}" was created is not known: look for it in the list.', name),
        })
      : error;
  }
}

/** Stores the value before anything else; what cannot be stored is shown, once. Resolves to the token's id. */
async function keep(services: Services, connectionId: string, name: string, made: NewToken): Promise<number> {
  const { id, token, credentials } = made;
  if (id === undefined) {
    services.lists.refresh(connectionId).catch(() => undefined);
    await showOnce(name, made);
    throw new TirError('bad-response', 'the creation answer has no "id"', {
      what: vscode.l10n.t('The token "{0}" was created, but its value could not be stored.', name),
    });
  }
  try {
    await withErrorContext(
      vscode.l10n.t('The token "{0}" was created, but its value is not stored on this machine.', name),
      () => services.store.saveToken({ connectionId, id }, { ...token, credentials }),
    );
    return id;
  } catch (error) {
    await showOnce(name, made);
    throw error;
  } finally {
    services.lists.add(connectionId, { id, ...token });
  }
}

/** The last resort for a value that cannot be stored: the person gets it, once, to keep it elsewhere. */
export async function showOnce(name: string, { credentials: { token, apiKey } }: NewToken): Promise<void> {
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
    await vscode.commands.executeCommand('tir.menu.openTerminal');
  }
}
