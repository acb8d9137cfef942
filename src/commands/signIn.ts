import * as v from 'valibot';
import * as vscode from 'vscode';

import { readArgument } from '../base/arguments';
import { refusal, toTirError, withErrorContext } from '../base/errors';
import { askPick, askSteps, askText, singleStep, type StepPosition, withProgress } from '../base/prompts';
import { Secret } from '../base/secret';
import { sentence } from '../base/errorSentences';
import { dateText, plain } from '../base/text';
import { type Connection, connectionId, isUnreadable, type SignedIn } from '../secrets/records';
import type { CommandCall, Services } from '../services';
import { cleanPasted, isCredential, readProjectId } from '../tir/input';
import { defaultLabel, locations, type Token } from '../tir/token';

const positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const fields = {
  token: v.optional(v.string()),
  apiKey: v.optional(v.string()),
  projectId: v.optional(v.pipe(v.union([positive, v.string()]), v.transform(String))),
  location: v.optional(v.pipe(v.string(), v.trim(), v.regex(/^[A-Za-z][A-Za-z0-9 _-]{0,39}$/))),
  activeIam: v.optional(positive),
  label: v.optional(v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(80))),
};

interface Answers {
  token?: string;
  apiKey?: string;
  projectId?: string;
  location?: string;
  activeIam?: number;
}

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
  const { label, ...given } = readArgument(fields, argument);
  const asked: Answers = {};
  for (let problem: string | undefined; ;) {
    const questions = questionsFor(given, asked, problem);
    await askSteps(vscode.l10n.t('Sign In to TIR'), questions);
    await answered();
    try {
      return await testAndSave(services, { ...asked, ...given }, label, interactive);
    } catch (thrown) {
      const error = toTirError(thrown);
      if (questions.length === 0 || error.code === 'cancelled' || error.code === 'storage-failed') {
        throw error;
      }
      // Ask again, with the previous answers filled in: it may be just a typo.
      problem = sentence(error, services.host());
    }
  }
}

function questionsFor(given: Answers, asked: Answers, problem: string | undefined) {
  const questions: ((position: StepPosition) => Promise<void>)[] = [];
  const first = (position: StepPosition) => (position.step === 1 ? problem : undefined);
  if (given.token === undefined) {
    questions.push(async (position) => {
      asked.token = await askText(position, {
        prompt: vscode.l10n.t(
          'A Personal Access Token of the project. It is kept in the secret storage of the editor.',
        ),
        placeholder: vscode.l10n.t('Paste the token'),
        password: true,
        value: asked.token ?? '',
        problem: first(position),
        validate: (value) => credentialProblem(value),
      });
    });
    if (given.apiKey === undefined) {
      questions.push(async (position) => {
        asked.apiKey = await askText(position, {
          prompt: vscode.l10n.t('The API key that was made together with the token. Press Enter to go without.'),
          placeholder: vscode.l10n.t('Paste the API key'),
          password: true,
          value: asked.apiKey ?? '',
          problem: first(position),
          validate: (value) => (value.trim() === '' ? undefined : credentialProblem(value)),
        });
      });
    }
  }
  if (given.projectId === undefined) {
    questions.push(async (position) => {
      asked.projectId = await askText(position, {
        prompt: vscode.l10n.t('The id of the project: the number in the address of its page on TIR.'),
        placeholder: '12345',
        value: asked.projectId ?? '',
        problem: first(position),
        validate: (value) => (readProjectId(value) === undefined ? projectProblem() : undefined),
      });
    });
  }
  if (given.location === undefined) {
    questions.push(async (position) => {
      const contact = vscode.l10n.t('in the account of a contact person');
      const items = [undefined, contact].flatMap((description) =>
        locations.map((name) => ({ label: name, ...(description !== undefined && { description }) })),
      );
      const active = items.find((item) => item.label === asked.location);
      const picked = await askPick(
        position,
        first(position) ?? vscode.l10n.t('Location of the project'),
        items,
        active,
      );
      asked.location = picked.label;
      // Only projects in a contact person's account need one more question. Drop it if an earlier answer added it.
      questions.length = position.step;
      delete asked.activeIam;
      if (picked.description !== undefined && given.activeIam === undefined) {
        questions.push((next) => askAccount(next, asked));
      }
    });
  }
  return questions;
}

async function askAccount(position: StepPosition, asked: Answers): Promise<void> {
  const text = await askText(position, {
    prompt: vscode.l10n.t('The id of the contact person in whose account the project is (active_iam).'),
    placeholder: '6789',
    validate: (value) =>
      readProjectId(value) === undefined ? vscode.l10n.t('An account id is a number, such as 6789.') : undefined,
  });
  asked.activeIam = Number(text);
}

async function testAndSave(services: Services, answers: Answers, label: string | undefined, interactive: boolean) {
  const signedIn = await withKeptNames(services, readAnswers(answers, label));
  const { connection, credentials } = signedIn;
  const what = vscode.l10n.t('You are not signed in to {0}.', plain(connection.label));
  const { tokens, selfId } = await withErrorContext(what, () =>
    withProgress(vscode.l10n.t('Signing in to {0}…', plain(connection.label)), (signal) =>
      services.client(signedIn).listWithSelf(signal),
    ),
  ).catch(async (thrown: unknown) => {
    const error = toTirError(thrown);
    if (error.code !== 'cancelled') {
      await services.activity.record(
        'sign-in',
        { connectionId: connection.id, connection: connection.label },
        error.code,
      );
    }
    throw error.code === 'unauthorized' ? refusal('unauthorized', refusedSentence(signedIn), { what }) : error;
  });
  await services.store.saveConnection(signedIn);
  services.lists.put(connection.id, tokens);
  const id = selfId ?? (interactive ? await askWhich(connection, tokens) : undefined);
  const self = tokens.find((token) => token.id === id);
  if (id !== undefined) {
    await services.store.saveConnection({ connection: { ...connection, signInTokenId: id }, credentials });
  }
  if (self) {
    // Store its value, so it can be used and rotated like any other token.
    await services.store.saveToken({ connectionId: connection.id, id: self.id }, { ...self, credentials });
  }
  await services.activity.record('sign-in', {
    connectionId: connection.id,
    token: self && { id: self.id, name: self.name },
  });
  services.log.info(`Signed in to ${connection.id}: ${tokens.length} tokens.`);
  return { connectionId: connection.id, label: connection.label, tokenCount: tokens.length };
}

/** Keeps the extra variable names of a project that the person signs in to again. */
async function withKeptNames({ store }: Services, { connection, credentials }: SignedIn): Promise<SignedIn> {
  const kept = await store.connection(connection.id).catch((error: unknown) => {
    // Signing in again repairs a damaged record.
    if (isUnreadable(error) && error.details.record === 'damaged') {
      return undefined;
    }
    throw error;
  });
  const variables = kept?.connection.variables;
  return { connection: { ...connection, ...(variables && { variables }) }, credentials };
}

/** Asks which listed token the person signed in with. Resolves to `null` if unknown, or if the question is skipped. */
async function askWhich(connection: Connection, tokens: readonly Token[]): Promise<number | null> {
  const items: { label: string; description?: string; id: number | null }[] = tokens.map(({ id, name, created }) => ({
    label: plain(name),
    description: typeof created === 'number' ? vscode.l10n.t('created {0}', dateText(created)) : '',
    id,
  }));
  if (items.length === 0) {
    return null;
  }
  items.push({ label: `$(circle-slash) ${vscode.l10n.t('None of these, or I do not know')}`, id: null });
  const position = singleStep(vscode.l10n.t('Signed in to {0}. Which of these is it?', plain(connection.label)));
  const placeholder = vscode.l10n.t('The token that you have just pasted. Escape skips the question.');
  return askPick(position, placeholder, items).then(
    ({ id }) => id,
    () => null,
  );
}

function refusedSentence({ credentials }: SignedIn): string {
  return credentials.apiKey
    ? vscode.l10n.t('TIR refused the token: it is mistyped, expired, deleted, or not the one of this API key.')
    : vscode.l10n.t('TIR refused the token: it is mistyped, expired, deleted, or wants its API key beside it.');
}

function readAnswers(answers: Answers, label: string | undefined): SignedIn {
  const token = cleanPasted(answers.token ?? '');
  const apiKey = cleanPasted(answers.apiKey ?? '');
  const projectId = readProjectId(answers.projectId ?? '');
  if (!isCredential(token) || (apiKey !== '' && !isCredential(apiKey))) {
    throw refusal('invalid-input', credentialProblem(isCredential(token) ? apiKey : token) ?? '');
  }
  if (projectId === undefined) {
    throw refusal('invalid-input', projectProblem());
  }
  const named = answers.location ?? '';
  const location = locations.find((known) => known.toLowerCase() === named.toLowerCase()) ?? named;
  const { activeIam } = answers;
  const project = { projectId, location, ...(activeIam !== undefined && { activeIam }) };
  return {
    connection: {
      id: connectionId(project),
      label: label ?? defaultLabel(project),
      ...project,
    },
    credentials: { token: new Secret(token), ...(apiKey !== '' && { apiKey: new Secret(apiKey) }) },
  };
}

export function credentialProblem(pasted: string): string | undefined {
  return isCredential(cleanPasted(pasted))
    ? undefined
    : vscode.l10n.t('That is not a token or API key: it has at least 8 characters, and no white space.');
}

function projectProblem(): string {
  return vscode.l10n.t('A project id is a number, such as 12345.');
}
