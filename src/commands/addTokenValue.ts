import * as v from 'valibot';
import * as vscode from 'vscode';

import { readArgument, tokenFields } from '../base/arguments';
import { refusal, withErrorContext } from '../base/errors';
import { askSteps, askText, type StepPosition } from '../base/prompts';
import { Secret } from '../base/secret';
import { plain } from '../base/text';
import type { CommandCall, Services } from '../services';
import { cleanPasted } from '../tir/input';
import { chooseToken, findToken, noSuchToken } from './choose';
import { credentialProblem } from './signIn';

const fields = { ...tokenFields, token: v.optional(v.string()), apiKey: v.optional(v.string()) };

/** Stores the value of a token that was created elsewhere, to use it on this machine. */
export async function addTokenValue(services: Services, { argument }: CommandCall) {
  const given = readArgument(fields, argument);
  const ref = await chooseToken(services, vscode.l10n.t('Add Token Value'), given);
  const known = await findToken(services, ref);
  if (!known) {
    throw noSuchToken(ref.id);
  }
  const name = plain(known.name);
  const { token, apiKey } =
    given.token === undefined ? await askValue(name) : { apiKey: '', ...given, token: given.token };
  const problem = credentialProblem(token) ?? (apiKey ? credentialProblem(apiKey) : undefined);
  if (problem) {
    throw refusal('invalid-input', problem);
  }
  const tokens = await services.tokens();
  await withErrorContext(vscode.l10n.t('The value of "{0}" was not stored.', name), () =>
    tokens.addValue(ref, {
      ...known,
      credentials: {
        token: new Secret(cleanPasted(token)),
        ...(apiKey && { apiKey: new Secret(cleanPasted(apiKey)) }),
      },
    }),
  );
  return { id: ref.id, name: known.name };
}

async function askValue(name: string): Promise<{ token: string; apiKey: string }> {
  const answers = { token: '', apiKey: '' };
  const ask = (field: keyof typeof answers, prompt: string, optional: boolean) => async (position: StepPosition) => {
    answers[field] = await askText(position, {
      prompt,
      password: true,
      value: answers[field],
      validate: (value) => (optional && value.trim() === '' ? undefined : credentialProblem(value)),
    });
  };
  await askSteps(vscode.l10n.t('Add Token Value'), [
    ask(
      'token',
      vscode.l10n.t('The value of the token "{0}". It is kept in the secret storage of the editor.', name),
      false,
    ),
    ask('apiKey', vscode.l10n.t('The API key that was made together with it. Press Enter to go without.'), true),
  ]);
  return answers;
}
