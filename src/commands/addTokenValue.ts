import * as v from 'valibot';
import * as vscode from 'vscode';

import { readArgument, tokenFields } from '../base/arguments';
import { refusal, type TirError, toTirError, withErrorContext } from '../base/errors';
import { askSteps, askText, confirm, type StepPosition, withProgress } from '../base/prompts';
import { type Credentials, Secret } from '../base/secret';
import { plain } from '../base/text';
import type { TokenRef } from '../secrets/records';
import type { CommandCall, Services } from '../services';
import { type Pasted, readApiKey, readPasted } from '../tir/pasted';
import { mayBeValueOf } from '../tir/times';
import { isRefused } from '../tokens/revokedValues';
import { chooseToken, findToken, noSuchToken } from './choose';
import { whyUnreadable } from './signInQuestions';

const fields = { ...tokenFields, token: v.optional(v.string()), apiKey: v.optional(v.string()) };

/** Stores the value of a token that was created elsewhere, to use it on this machine. */
export async function addTokenValue(services: Services, { argument, interactive }: CommandCall) {
  const given = readArgument(fields, argument);
  const ref = await chooseToken(services, vscode.l10n.t('Add Token Value'), given);
  const known = await findToken(services, ref);
  if (!known) {
    throw noSuchToken(ref.id);
  }
  const name = plain(known.name);
  const { token, apiKey } =
    given.token === undefined
      ? await askValue(name)
      : { ...readPasted(given.token), ...(given.apiKey && { apiKey: readApiKey(given.apiKey) }) };
  const pasted = { token: new Secret(token ?? ''), ...(apiKey !== undefined && { apiKey: new Secret(apiKey) }) };
  await withErrorContext(vscode.l10n.t('Couldn\'t store the value of "{0}".', name), async () => {
    const credentials = await withProgress(vscode.l10n.t('Checking the value…'), (signal) =>
      testValue(services, ref, pasted, signal),
    );
    await keepOther(services, ref, credentials, interactive ? name : undefined);
    await (await services.tokens()).addValue(ref, { ...known, credentials });
  });
  return { id: ref.id, name: known.name };
}

/**
 * Tests that a value is the token's: by TIR's list if that has values, or else by a call with it. Resolves to the
 * credentials to store, with the API key if the list or the storage has it.
 * @throws TirError `conflict` if it's another token's, and the error of the call if TIR refuses the value
 */
async function testValue(
  { store, calls, client }: Services,
  { connectionId, id }: TokenRef,
  pasted: Credentials,
  signal: AbortSignal,
): Promise<Credentials> {
  const { tokens, match } = await calls.run(connectionId, (own) => own.listAndIdentify(pasted, signal));
  const owner = match && tokens.find((token) => token.id === match.id);
  if (owner && owner.id !== id) {
    throw refusal('conflict', vscode.l10n.t('The pasted value belongs to "{0}".', plain(owner.name)));
  }
  const same = (await store.storedTokens(connectionId)).find((one) => one.credentials.token.equals(pasted.token));
  const credentials = { ...same?.credentials, ...pasted, ...match?.credentials };
  if (match?.credentials) {
    return credentials;
  }
  const { connection } = await store.signedIn(connectionId);
  const isOfProject = await client({ connection, credentials })
    .list(signal)
    .then((listed) => listed.some((token) => token.id === id))
    .catch((thrown: unknown) => {
      throw refusedValue(toTirError(thrown));
    });
  // As TIR lists it: what's stored may come from a wrong value.
  const listed = tokens.find((token) => token.id === id);
  if (!isOfProject || !listed || listed.hasValue || !mayBeValueOf(listed, pasted.token)) {
    throw refusal('conflict', vscode.l10n.t('The pasted value belongs to another token.'));
  }
  return credentials;
}

/**
 * Keeps another value that's stored for the token and works: it may be the only copy.
 * @param asked name of the token, if a person may replace it nevertheless
 */
async function keepOther(
  { store, client }: Services,
  ref: TokenRef,
  { token }: Credentials,
  asked: string | undefined,
): Promise<void> {
  const stored = await store.tokenIfReadable(ref);
  if (!stored || stored.credentials.token.equals(token)) {
    return;
  }
  const { connection } = await store.signedIn(ref.connectionId);
  const isUseless = await withProgress(vscode.l10n.t('Checking the value…'), (signal) =>
    isRefused(client({ connection, credentials: stored.credentials }), signal),
  );
  if (isUseless) {
    return;
  }
  if (asked === undefined) {
    const why = vscode.l10n.t(
      'A different value is stored for it and still works. Ask the user to replace it in VS Code.',
    );
    throw refusal('conflict', why);
  }
  await confirm(
    vscode.l10n.t('Replace the value of "{0}"?', asked),
    vscode.l10n.t('The stored value still works and will be deleted from this machine. Save a copy if you need it.'),
    vscode.l10n.t('Replace'),
  );
}

function refusedValue(error: TirError): TirError {
  if (error.code !== 'unauthorized') {
    return error;
  }
  return error.details.apiKey === 'missing'
    ? refusal('unauthorized', vscode.l10n.t('TIR also needs the API key. Add the value together with its API key.'))
    : refusal('unauthorized', vscode.l10n.t('TIR refused the value. Copy it again.'));
}

async function askValue(name: string): Promise<Partial<Pasted>> {
  let answers: Partial<Pasted> = {};
  const ask = (prompt: string, read: (text: string) => Partial<Pasted>) => async (position: StepPosition) => {
    const text = await askText(position, {
      prompt,
      password: true,
      validate: (value) => whyUnreadable(() => read(value)),
    });
    answers = { ...answers, ...read(text) };
  };
  await askSteps(vscode.l10n.t('Add Token Value'), [
    ask(vscode.l10n.t('Paste the value of "{0}". It\'s stored in VS Code\'s secret storage.', name), (text) =>
      readPasted(text),
    ),
    ask(vscode.l10n.t('Paste the API key created with the token, or press Enter to continue without it.'), (text) =>
      text.trim() === '' ? {} : { apiKey: readApiKey(text) },
    ),
  ]);
  return answers;
}
