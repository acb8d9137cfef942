import * as v from 'valibot';
import * as vscode from 'vscode';

import type { SignedIn } from '../secrets/records';
import { TirError, toTirError } from '../tir/errors';
import { nameProblem, suggestName } from '../tir/input';
import type { Credentials } from '../tir/secret';
import { createdText, type Token } from '../tir/token';
import type { Created } from '../tir/wire';
import { nameProblemSentence, sentence } from '../view/sentences';
import { readArgument, refusal, saying } from './argument';
import { chooseConnection, loadTokens, untilCancelled } from './choose';
import type { Call, Parts } from './parts';
import { withProgress } from './progress';
import { askText } from './quickInput';
import { reach } from './useToken';

const { t } = vscode.l10n;

const fields = {
  name: v.optional(v.string()),
  connectionId: v.optional(v.string()),
  activate: v.optional(v.boolean()),
};

/** Creates a token, stores its value, and puts it to use in terminals if none is in use yet. */
export async function createToken(parts: Parts, { argument, byHand }: Call) {
  const given = readArgument(fields, argument);
  const title = t('Create Token');
  const signedIn = await chooseConnection(parts, title, given.connectionId);
  const taken = new Set((await loadTokens(parts, signedIn.connection)).map((token) => token.name));
  const name = given.name ?? (await askName(title, taken));
  const problem = nameProblem(name, taken);
  if (problem) {
    throw refusal(problem === 'taken' ? 'conflict' : 'invalid-input', nameProblemSentence(problem, name));
  }
  const result = await saying(t('The token "{0}" was not created.', name), () =>
    withProgress(t('Creating the token "{0}"…', name), (signal) => {
      // A creation that was sent cannot be called back. Cancelling ends the waiting; the value is stored all the same.
      const work = create(parts, signedIn, name, given.activate);
      signal.addEventListener('abort', () => {
        tellLater(parts, name, work);
      });
      return untilCancelled(work, signal);
    }),
  );
  if (byHand) {
    const created = t('The token "{0}" was created.', name);
    const inUse = result.active ? reach() : undefined;
    void tell([created, inUse?.text].filter(Boolean).join(' '), inUse?.reached ?? false);
  }
  return result;
}

async function askName(title: string, taken: ReadonlySet<string>): Promise<string> {
  const { hostname } = await import('node:os');
  return askText(
    { title, step: 1, totalSteps: 1 },
    {
      prompt: t('A name that says where the token will be used: one token for each machine or integration.'),
      value: suggestName(hostname(), vscode.workspace.name, taken),
      validate: (name) => {
        const problem = nameProblem(name, taken);
        return problem && nameProblemSentence(problem, name);
      },
    },
  );
}

async function create(parts: Parts, signedIn: SignedIn, name: string, activate: boolean | undefined) {
  const connectionId = signedIn.connection.id;
  const created = await send(parts, signedIn, name);
  const { id, credentials } = await complete(parts, signedIn, created);
  const { name: storedName } = created.token;
  try {
    await saying(t('The token "{0}" was created, but its value is not stored on this machine.', name), () =>
      parts.store.saveToken(connectionId, id, { name: storedName, credentials }),
    );
  } catch (error) {
    await showOnce(name, credentials);
    throw error;
  } finally {
    parts.lists.add(connectionId, { id, ...created.token });
  }
  const active = await saying(t('The token "{0}" was created and is stored, but it is not in use.', name), async () => {
    const wanted = activate ?? (await parts.store.inUse()) === undefined;
    if (wanted) {
      await parts.store.use({ connectionId, id, name: storedName });
    }
    return wanted;
  });
  parts.log.info(`Created the token ${id} in ${connectionId}.`);
  return { id, name: storedName, createdAt: createdText(created.token.created), active };
}

async function send(parts: Parts, signedIn: SignedIn, name: string): Promise<Created> {
  try {
    return await parts.client(signedIn).create(name);
  } catch (error) {
    const { code } = toTirError(error);
    if (code === 'offline' || code === 'timeout' || code === 'bad-response' || code === 'server-error') {
      // It may exist all the same: the list will tell, and the name then counts as taken.
      parts.lists.refresh(signedIn.connection.id).catch(() => undefined);
    }
    throw error;
  }
}

/** An answer that lacks the id or the value, which no documentation promises, is completed from the list. */
async function complete(
  parts: Parts,
  signedIn: SignedIn,
  created: Created,
): Promise<{ id: number; credentials: Credentials }> {
  if (created.id !== undefined && created.credentials) {
    return { id: created.id, credentials: created.credentials };
  }
  const { name } = created.token;
  try {
    const client = parts.client(signedIn);
    const named = (token: Token) => token.name === name;
    const id = created.id ?? (await client.list()).find(named)?.id;
    const credentials = created.credentials ?? (id === undefined ? undefined : (await client.find(id))?.credentials);
    if (id !== undefined && credentials) {
      return { id, credentials };
    }
  } catch (error) {
    parts.log.warn(`The answer to the creation was incomplete, and the list failed: ${toTirError(error).message}`);
  }
  parts.lists.refresh(signedIn.connection.id).catch(() => undefined);
  if (created.credentials) {
    await showOnce(name, created.credentials);
    throw new TirError('bad-response', 'the creation answer has no "id"', {
      what: t('The token "{0}" was created, but its value could not be stored.', name),
    });
  }
  throw new TirError('value-lost', 'the creation answer has no value', {
    what: t('The token "{0}" cannot be used.', name),
  });
}

/** The last resort for a value that cannot be stored: the person gets it, once, to keep it elsewhere. */
async function showOnce(name: string, { token, apiKey }: Credentials): Promise<void> {
  const copy = t('Copy');
  const values = [`${t('Token:')} ${token.reveal()}`, ...(apiKey ? [`${t('API key:')} ${apiKey.reveal()}`] : [])];
  const answer = await vscode.window.showWarningMessage(
    t(
      'The token "{0}" was created, but this machine could not store its value. Copy it now: it is not shown again.',
      name,
    ),
    { modal: true, detail: values.join('\n') },
    copy,
  );
  if (answer === copy) {
    await vscode.env.clipboard.writeText(token.reveal());
  }
}

function tellLater(parts: Parts, name: string, work: Promise<{ active: boolean }>): void {
  work.then(
    () => void tell(t('The token "{0}" was created before it could be cancelled; its value is stored.', name), false),
    (error: unknown) => {
      const failure = toTirError(error);
      parts.log.warn(`A cancelled creation failed: ${failure.message}`);
      void vscode.window.showWarningMessage(
        `${t('The cancelled creation of "{0}" failed.', name)} ${sentence(failure, parts.host())}`,
      );
    },
  );
}

async function tell(message: string, withTerminal: boolean): Promise<void> {
  const open = t('Open Terminal');
  const answer = await vscode.window.showInformationMessage(message, ...(withTerminal ? [open] : []));
  if (answer === open) {
    await vscode.commands.executeCommand('tir.menu.openTerminal');
  }
}
