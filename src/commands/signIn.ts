import * as v from 'valibot';
import * as vscode from 'vscode';

import { connectionId, type SignedIn } from '../secrets/records';
import { toTirError } from '../tir/errors';
import { cleanPasted, isCredential, readProjectId } from '../tir/input';
import { Secret } from '../tir/secret';
import { locations } from '../tir/token';
import { sentence } from '../view/sentences';
import { readArgument, refusal, saying } from './argument';
import type { Call, Parts } from './parts';
import { withProgress } from './progress';
import { askInTurn, askPick, askText, type Place } from './quickInput';

const { t } = vscode.l10n;

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
}

/** Signs in to a project with one of its tokens. Nothing is stored before a list call proved that it works. */
export async function signIn(parts: Parts, { argument, byHand }: Call) {
  const { activeIam, label, ...given } = readArgument(fields, argument);
  const asked: Answers = {};
  for (let problem: string | undefined; ;) {
    const questions = questionsFor(given, asked, problem);
    await askInTurn(t('Sign In to TIR'), questions);
    try {
      const result = await prove(parts, { ...asked, ...given }, activeIam, label);
      if (byHand) {
        // Where the list is: what one signed in for, wherever one came from.
        await vscode.commands.executeCommand('tir.tokens.focus');
      }
      return result;
    } catch (thrown) {
      const error = toTirError(thrown);
      if (questions.length === 0 || error.code === 'cancelled' || error.code === 'storage-failed') {
        throw error;
      }
      // Back to the questions, with what was entered: one wrong letter is not a reason to start anew.
      problem = sentence(error, parts.host());
    }
  }
}

function questionsFor(given: Answers, asked: Answers, problem: string | undefined) {
  const questions: ((place: Place) => Promise<void>)[] = [];
  const first = (place: Place) => (place.step === 1 ? problem : undefined);
  if (given.token === undefined) {
    questions.push(async (place) => {
      asked.token = await askText(place, {
        prompt: t('A Personal Access Token of the project. It is kept in the secret storage of the editor.'),
        placeholder: t('Paste the token'),
        password: true,
        value: asked.token ?? '',
        problem: first(place),
        validate: (value) => credentialProblem(value),
      });
    });
    if (given.apiKey === undefined) {
      questions.push(async (place) => {
        asked.apiKey = await askText(place, {
          prompt: t('The API key that was made together with the token. Press Enter to go without.'),
          placeholder: t('Paste the API key'),
          password: true,
          value: asked.apiKey ?? '',
          problem: first(place),
          validate: (value) => (value.trim() === '' ? undefined : credentialProblem(value)),
        });
      });
    }
  }
  if (given.projectId === undefined) {
    questions.push(async (place) => {
      asked.projectId = await askText(place, {
        prompt: t('The id of the project: the number in the address of its page on TIR.'),
        placeholder: '12345',
        value: asked.projectId ?? '',
        problem: first(place),
        validate: (value) => (readProjectId(value) === undefined ? projectProblem() : undefined),
      });
    });
  }
  if (given.location === undefined) {
    questions.push(async (place) => {
      const items = locations.map((name) => ({ label: name }));
      const active = items.find((item) => item.label === asked.location);
      asked.location = (await askPick(place, first(place) ?? t('Location of the project'), items, active)).label;
    });
  }
  return questions;
}

async function prove(parts: Parts, answers: Answers, activeIam: number | undefined, label: string | undefined) {
  const signedIn = readAnswers(answers, activeIam, label);
  const { connection } = signedIn;
  const what = t('You are not signed in to {0}.', connection.label);
  const tokens = await saying(what, () =>
    withProgress(t('Signing in to {0}…', connection.label), (signal) => parts.client(signedIn).list(signal)),
  ).catch((error: unknown) => {
    throw toTirError(error).code === 'unauthorized'
      ? refusal('unauthorized', refusedSentence(signedIn), { what })
      : error;
  });
  await parts.store.saveConnection(signedIn);
  parts.lists.put(connection.id, tokens);
  parts.log.info(`Signed in to ${connection.id}: ${tokens.length} tokens.`);
  return { connectionId: connection.id, label: connection.label, tokenCount: tokens.length };
}

function refusedSentence({ credentials }: SignedIn): string {
  return credentials.apiKey
    ? t('TIR refused the token: it is mistyped, expired, deleted, or not the one of this API key.')
    : t('TIR refused the token: it is mistyped, expired, deleted, or wants its API key beside it.');
}

function readAnswers(answers: Answers, activeIam: number | undefined, label: string | undefined): SignedIn {
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
  const project = { projectId, location, ...(activeIam !== undefined && { activeIam }) };
  return {
    connection: {
      id: connectionId(project),
      label: label ?? t('Project {0} ({1})', projectId, location),
      ...project,
    },
    credentials: { token: new Secret(token), ...(apiKey !== '' && { apiKey: new Secret(apiKey) }) },
  };
}

export function credentialProblem(pasted: string): string | undefined {
  return isCredential(cleanPasted(pasted))
    ? undefined
    : t('That is not a token or API key: it has at least 8 characters, and no white space.');
}

function projectProblem(): string {
  return t('A project id is a number, such as 12345.');
}
