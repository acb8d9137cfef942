import * as v from 'valibot';
import * as vscode from 'vscode';

import { readArgument } from '../base/arguments';
import { cancelled, isRefusal, refusal, toTirError, withErrorContext } from '../base/errors';
import { sentence } from '../base/errorSentences';
import { askPick, askSteps, singleStep } from '../base/prompts';
import { dateText, plain } from '../base/text';
import type { Credentials } from '../base/secret';
import { type Connection, sameToken, type TokenRef } from '../secrets/records';
import type { CommandCall, Services } from '../services';
import { readApiKey, readPasted } from '../tir/pasted';
import { mayBeValueOf, timeOf } from '../tir/times';
import type { Token } from '../tir/token';
import { completeTimes } from '../tokens/signedInCalls';
import { type SignInRequest, findProject, type FoundProject, nameOf, withKeptSettings } from './signInProject';
import { tellOfPlainCopy, valueMatcher } from './signInFound';
import { type Answers, questionsFor, readProjectOrThrow, type Retry, withProject } from './signInQuestions';
import { tellOfUse } from './useToken';

const positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const fields = {
  token: v.optional(v.string()),
  apiKey: v.optional(v.string()),
  projectId: v.optional(v.pipe(v.union([positive, v.string()]), v.transform(String))),
  location: v.optional(v.pipe(v.string(), v.trim(), v.regex(/^[A-Za-z][A-Za-z0-9 _-]{0,39}$/))),
  activeIam: v.optional(positive),
  label: v.optional(v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(80))),
  activate: v.optional(v.boolean()),
};

/** Signs in to a project with one of its tokens. */
export async function signIn(services: Services, { argument, interactive }: CommandCall) {
  return signInInteractively(services, argument, interactive, async () => {
    if (interactive) {
      // Show the view where the list will appear. Doing this later would take the focus from the person's next action.
      await vscode.commands.executeCommand('tir.tokens.focus');
    }
  });
}

/**
 * Signs in, and asks for what the argument leaves out. Stores nothing before a list call has tested the credentials.
 * @param answered runs after each round of questions, and is awaited
 */
export async function signInInteractively(
  services: Services,
  argument: unknown,
  interactive: boolean,
  answered: () => Promise<void> = () => Promise.resolve(),
) {
  const { label, activate, ...rest } = readArgument(fields, argument);
  const given = readGiven(rest);
  const asked: Answers = {};
  for (let retry: Retry | undefined; ;) {
    const questions = questionsFor(given, asked, retry);
    if (retry && questions.length === 0) {
      throw retry.error;
    }
    await askSteps(vscode.l10n.t('Sign In to TIR'), questions);
    await answered();
    try {
      const { token, projectId, source, ...others } = { ...asked, ...given };
      if (token === undefined || projectId === undefined) {
        // Unreachable: the questions fill in both.
        throw cancelled();
      }
      const found = await findAndRecord(
        services,
        { ...others, token, projectId, isLocationFixed: rest.location !== undefined },
        label,
        interactive,
      );
      const result = await save(services, found, { activate, interactive });
      if (interactive && result.active) {
        void tellOfUse(services, vscode.l10n.t("You're signed in, and the token is in use."));
      }
      if (interactive && source) {
        void tellOfPlainCopy(source, valueMatcher(token)).catch((error: unknown) => {
          void vscode.window.showErrorMessage(sentence(toTirError(error), services.host()));
        });
      }
      return result;
    } catch (thrown) {
      const error = toTirError(thrown);
      if (questions.length === 0 || error.code === 'cancelled' || error.code === 'storage-failed') {
        throw error;
      }
      retry = { error, problem: sentence(error, services.host()) };
    }
  }
}

/** Reads what the argument answers. A text that has more than the token answers more. */
function readGiven({ token, apiKey, projectId, location, activeIam }: GivenFields): Answers {
  const pasted = token === undefined ? undefined : readPasted(token);
  const project = projectId === undefined ? undefined : readProjectOrThrow(projectId);
  return {
    ...withProject(pasted ?? {}, project ?? {}),
    ...(apiKey !== undefined && apiKey.trim() !== '' && { apiKey: readApiKey(apiKey) }),
    ...(location !== undefined && { location }),
    ...(activeIam !== undefined && { activeIam }),
  };
}

type GivenFields = Omit<v.InferOutput<v.ObjectSchema<typeof fields, undefined>>, 'label' | 'activate'>;

/** Finds the project, and records a failure in the activity log. */
async function findAndRecord(
  services: Services,
  given: SignInRequest,
  label: string | undefined,
  interactive: boolean,
) {
  const what = vscode.l10n.t("Couldn't sign in to {0}.", nameOf(given, label));
  try {
    return await withErrorContext(what, () => findProject(services, given, label, interactive));
  } catch (thrown) {
    const error = toTirError(thrown);
    if (error.code !== 'cancelled') {
      await services.activity.record('sign-in', { connection: nameOf(given, label) }, error.code);
    }
    const why = vscode.l10n.t(
      'TIR refused the token, which may be incomplete, expired or deleted, or may not match the API key. Copy both again.',
    );
    throw isRefusal(error) ? refusal('unauthorized', why, { what }) : error;
  }
}

/** Stores the project and the token that signs in, and uses that token in terminals if none is in use. */
async function save(
  services: Services,
  { connection, credentials, tokens, match }: FoundProject,
  { activate, interactive }: { activate: boolean | undefined; interactive: boolean },
) {
  const { store, lists, log } = services;
  // Read again: another window may have changed the settings meanwhile.
  await store.saveConnection(await withKeptSettings(services, { connection, credentials }, true));
  // Other windows need to know before anything else is asked or fails.
  const recorded = services.activity.record('sign-in', {
    connectionId: connection.id,
    token: tokens.find((token) => token.id === match?.id),
  });
  const listed = await completeTimes(store, connection.id, tokens);
  lists.put(connection.id, listed);
  const keptId = connection.signInTokenId;
  // The list's values disprove an earlier answer.
  const isDisproved = tokens.some((token) => token.id === keptId && token.hasValue);
  const known = match?.id ?? (isDisproved ? undefined : keptId);
  // As TIR lists them: what's stored may come from a wrong answer.
  const id = known ?? (interactive ? await askWhich(services, connection, tokens, credentials) : undefined);
  await recorded;
  // While the question was open, another window may have signed out, or in with another token.
  const isCurrent = (await store.signedIn(connection.id)).credentials.token.equals(credentials.token);
  if (id !== undefined && isCurrent) {
    await store.updateConnection(connection.id, (current) => ({
      connection: { ...current.connection, signInTokenId: id },
      credentials,
    }));
  }
  const self = isCurrent ? listed.find((token) => token.id === id) : undefined;
  const active =
    self !== undefined &&
    (await storeAndUse(services, { ...self, connectionId: connection.id }, match?.credentials ?? credentials, {
      activate,
      isRecorded: match !== undefined,
    }));
  log.info(`Signed in to ${connection.id}: ${tokens.length} tokens.`);
  return { connectionId: connection.id, label: connection.label, tokenCount: tokens.length, active };
}

/**
 * Stores the value of the token that signs in, so it can be used and rotated. Resolves to whether it's in use.
 * @param isRecorded whether the activity log already names the token
 */
async function storeAndUse(
  services: Services,
  token: Token & TokenRef,
  credentials: Credentials,
  { activate, isRecorded }: { activate: boolean | undefined; isRecorded: boolean },
): Promise<boolean> {
  const { store, activity } = services;
  const stored = await store.tokenIfReadable(token);
  const kept = stored?.credentials.token.equals(credentials.token) ? stored.credentials : undefined;
  if (!isRecorded && stored && !kept) {
    // Another window has stored another value for the token that the person named. That one may be the right one.
    return false;
  }
  await store.saveToken(token, { ...token, credentials: { ...kept, ...credentials } });
  if (!isRecorded) {
    await activity.record('add-value', { connectionId: token.connectionId, token });
  }
  const uses = await store.uses();
  if (activate ?? !uses.some(({ folder }) => folder === undefined)) {
    await withErrorContext(vscode.l10n.t('Couldn\'t use the token "{0}".', plain(token.name)), async () =>
      (await services.tokens()).use({ connectionId: token.connectionId, id: token.id }, undefined),
    );
  }
  return (await store.uses()).some((use) => use.folder === undefined && sameToken(use, token));
}

/**
 * Asks which listed token the person signed in with, if TIR's list doesn't tell. Resolves to `null` if unknown, or if
 * the question is skipped.
 */
async function askWhich(
  { store }: Services,
  connection: Connection,
  tokens: readonly Token[],
  { token: pasted }: Credentials,
): Promise<number | null> {
  // Another value that's stored for a token is the right one, and perhaps its only copy.
  const stored = await store.storedTokens(connection.id);
  const hasOther = (id: number) => stored.some((one) => one.id === id && !one.credentials.token.equals(pasted));
  const possible = tokens.filter((token) => !token.hasValue && mayBeValueOf(token, pasted) && !hasOther(token.id));
  const items: { label: string; description?: string; id: number | null }[] = possible.map(({ id, name, created }) => {
    const time = timeOf(created);
    const description = time === undefined ? '' : vscode.l10n.t('created {0}', dateText(time));
    return { label: plain(name), description, id };
  });
  if (items.length === 0) {
    return null;
  }
  items.push({ label: `$(circle-slash) ${vscode.l10n.t("None of these, or I don't know")}`, id: null });
  const position = singleStep(vscode.l10n.t('Signed in to {0}. Which token did you paste?', plain(connection.label)));
  const placeholder = vscode.l10n.t('Select the token, or press Escape to skip this question');
  return askPick(position, placeholder, items).then(
    ({ id }) => id,
    () => null,
  );
}
