import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';

import * as vscode from 'vscode';

import { codeOf, refusal, TirError, toTirError } from '../base/errors';
import { askPick, askText, ButtonPressed, type StepPosition } from '../base/prompts';
import { plain } from '../base/text';
import { diskError } from '../platform/files';
import { type Pasted, readApiKey, readMyAccountFile, readPasted, readProject } from '../tir/pasted';
import { locations } from '../tir/token';
import { type Found, findTokens, longestFile, type Source } from './signInFound';

/** What's known of a sign-in: from the argument, or from the person. */
export type Answers = { -readonly [Field in keyof Pasted]?: Pasted[Field] | undefined } & {
  /** Where the token is in plain text. */
  source?: Source | undefined;
};

/** Why the questions are asked again. */
export interface Retry {
  readonly error: TirError;
  /** The error's sentence, to show. */
  readonly problem: string;
}

type Question = (position: StepPosition) => Promise<void>;

/**
 * Returns the questions for what's neither given nor answered by the token's text. If they come again, only those that
 * may have been answered wrongly: all if TIR refused the token, or else the project. The last answers are filled in.
 * @param asked gets the answers
 */
export function questionsFor(given: Answers, asked: Answers, retry: Retry | undefined): Question[] {
  /** The last answers, to fill in again. */
  const last = { ...asked };
  const first = (position: StepPosition) => (position.step === 1 ? retry?.problem : undefined);
  const apiKey: Question = async (position) => {
    const text = await askText(position, {
      prompt: vscode.l10n.t('Paste the API key created with the token, or press Enter to continue without it.'),
      placeholder: vscode.l10n.t('Paste the API key'),
      password: true,
      value: last.apiKey ?? '',
      problem: first(position),
      validate: (value) => (value.trim() === '' ? undefined : whyUnreadable(() => readApiKey(value))),
    });
    last.apiKey = asked.apiKey = text.trim() === '' ? undefined : readApiKey(text);
  };
  const project: Question = async (position) => {
    const text = await askText(position, {
      prompt: vscode.l10n.t("Enter the project's ID or its URL on the TIR website."),
      placeholder: '12345',
      value: String(last.projectId ?? ''),
      problem: first(position),
      validate: (value) => whyUnreadable(() => readProjectOrThrow(value)),
    });
    Object.assign(asked, withProject(asked, readProjectOrThrow(text)));
    last.projectId = asked.projectId;
  };
  if (retry && retry.error.code !== 'unauthorized') {
    return given.projectId === undefined ? [project] : [];
  }
  const others = (answers: Answers) => [
    ...(given.token === undefined && answers.apiKey === undefined && given.apiKey === undefined ? [apiKey] : []),
    ...(given.projectId === undefined && answers.projectId === undefined ? [project] : []),
  ];
  if (given.token !== undefined) {
    return retry ? [] : others({});
  }
  const questions: Question[] = [
    async (position) => {
      const pasted = last.source ? undefined : (asked.token ?? last.token);
      const answers = await askToken(position, first(position), await findTokens(), pasted);
      // Drops what an earlier text answered, unless it's the same again. The API key may be the one that's wrong.
      const kept = answers.token === last.token ? { ...last, apiKey: undefined } : noAnswers;
      Object.assign(asked, { ...noAnswers, ...kept, ...answers });
      questions.splice(position.step, Infinity, ...others(asked));
    },
    ...others({}),
  ];
  return questions;
}

const noAnswers: Record<keyof Answers, undefined> = {
  token: undefined,
  apiKey: undefined,
  projectId: undefined,
  location: undefined,
  activeIam: undefined,
  teamId: undefined,
  source: undefined,
};

/** Changes the project of answers. What they say beside another project doesn't count for this one. */
export function withProject(answers: Answers, project: Partial<ReturnType<typeof readProjectOrThrow>>): Answers {
  const isSame = project.projectId === undefined || project.projectId === (answers.projectId ?? project.projectId);
  return { ...answers, ...(!isSame && { location: undefined, activeIam: undefined, teamId: undefined }), ...project };
}

/** Asks for the token: one that was found on this machine, a text, or a file. */
async function askToken(
  position: StepPosition,
  problem: string | undefined,
  found: readonly Found[],
  token: string | undefined,
): Promise<Answers> {
  const open = { iconPath: new vscode.ThemeIcon('folder-opened'), tooltip: vscode.l10n.t('Open a File…') };
  const paste = { label: `$(clippy) ${vscode.l10n.t('Paste a Token…')}` };
  if (found.length > 0 && problem === undefined) {
    const items = found.map((one) => ({ label: `$(key) ${plain(one.label)}`, description: plain(one.detail), one }));
    const picked = await askPick<vscode.QuickPickItem & { one?: Found }>(
      position,
      vscode.l10n.t('Tokens found on this machine'),
      [...items, paste],
    );
    if (picked.one) {
      return { ...picked.one.pasted, source: picked.one.source };
    }
  }
  for (let wrong = problem; ;) {
    try {
      const text = await askText(position, {
        prompt: vscode.l10n.t(
          "Paste the token or text that contains it, such as config.json or a curl command. It's stored in VS Code's secret storage.",
        ),
        placeholder: vscode.l10n.t('Paste the token'),
        password: true,
        value: token ?? '',
        problem: wrong,
        button: open,
        validate: (value) => whyUnreadable(() => readMyAccountFile(value) ?? readPasted(value)),
      });
      return await readOrChoose(position, text);
    } catch (error) {
      if (!(error instanceof ButtonPressed)) {
        throw error;
      }
      try {
        const opened = await openFile(position);
        if (opened) {
          return opened;
        }
      } catch (thrown) {
        wrong = toTirError(thrown).details.why;
      }
    }
  }
}

/** Reads pasted text. Of a MyAccount file with several accounts, the person chooses one. */
async function readOrChoose(position: StepPosition, text: string): Promise<Pasted> {
  const accounts = readMyAccountFile(text) ?? [];
  if (accounts.length < 2) {
    return readPasted(text);
  }
  const items = accounts.map(({ alias, pasted }) => ({ label: plain(alias), pasted }));
  return (await askPick(position, vscode.l10n.t('The file contains several accounts. Which one?'), items)).pasted;
}

/** Lets the person choose a file, and reads it. Resolves to undefined if they choose none. */
async function openFile(position: StepPosition): Promise<Answers | undefined> {
  const downloads = vscode.Uri.file(join(homedir(), 'Downloads'));
  const isThere = await stat(downloads.fsPath).then(
    () => true,
    () => false,
  );
  const [file] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Open config.json or another file that contains a token'),
      defaultUri: isThere ? downloads : vscode.Uri.file(homedir()),
    })) ?? [];
  if (!file) {
    return undefined;
  }
  try {
    if ((await vscode.workspace.fs.stat(file)).size > longestFile) {
      throw refusal('invalid-input', vscode.l10n.t("The file is too large. Choose TIR's config.json."));
    }
    const pasted = await readOrChoose(position, decode(await vscode.workspace.fs.readFile(file)));
    const kind = basename(file.fsPath).startsWith('.env') ? 'env' : 'file';
    return { ...pasted, source: { kind, file: file.fsPath } };
  } catch (error) {
    throw error instanceof TirError ? error : diskError(codeOf(error));
  }
}

/** Decodes a file by its byte order mark. Windows PowerShell writes UTF-16. */
function decode(bytes: Uint8Array): string {
  const [a = 0, b = 0] = bytes;
  const encoding = a === 0xff && b === 0xfe ? 'utf-16le' : a === 0xfe && b === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

/** Reads a project like `readProject`. @throws TirError `invalid-input` */
export function readProjectOrThrow(text: string) {
  const project = readProject(text);
  if (!project) {
    throw refusal('invalid-input', vscode.l10n.t('Enter a project ID, such as 12345, or a URL that contains one.'));
  }
  return project;
}

export async function askLocation(position: StepPosition): Promise<string> {
  const items = locations.map((label) => ({ label }));
  return (await askPick(position, vscode.l10n.t("Select the project's location"), items)).label;
}

/** Returns what's wrong with a text, as one sentence; undefined if it can be read. */
export function whyUnreadable(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    return toTirError(error).details.why;
  }
}
