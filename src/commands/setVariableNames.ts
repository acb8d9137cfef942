import * as v from 'valibot';
import * as vscode from 'vscode';

import { readArgument } from '../base/arguments';
import { refusal } from '../base/errors';
import { askText, singleStep } from '../base/prompts';
import { plain } from '../base/text';
import type { CommandCall, Services } from '../services';
import { readNames, tokenVariable, variablesProblem } from '../terminals/variables';
import { chooseConnection } from './choose';

/** Sets the variables that get a project's token in addition to `TIR_API_TOKEN`. */
export async function setVariableNames(services: Services, { argument }: CommandCall) {
  const given = readArgument(
    { connectionId: v.optional(v.string()), names: v.optional(v.array(v.string())) },
    argument,
  );
  const title = vscode.l10n.t('Set Extra Variable Names');
  const { connection } = await chooseConnection(services, title, given.connectionId);
  const names = [...new Set(given.names ?? (await askNames(connection.label, connection.variables ?? [])))];
  const problem = variablesProblem(names);
  if (problem !== undefined) {
    throw refusal('invalid-input', problem);
  }
  // Read the record again: the credentials may have changed while the question was open.
  const { connection: current, credentials } = await services.store.signedIn(connection.id);
  const { variables: _, ...rest } = current;
  await services.store.saveConnection({
    connection: { ...rest, ...(names.length > 0 && { variables: names }) },
    credentials,
  });
  services.log.info(`${connection.id} has ${names.length} extra names of variables.`);
  return { connectionId: connection.id, names };
}

async function askNames(label: string, names: readonly string[]): Promise<string[]> {
  const text = await askText(singleStep(vscode.l10n.t('Set Extra Variable Names of {0}', plain(label))), {
    prompt: vscode.l10n.t(
      'Names that get the value of the token in use beside {0}, separated by commas. Empty for none.',
      tokenVariable,
    ),
    placeholder: 'OPENAI_API_KEY, MY_TOKEN',
    value: names.join(', '),
    validate: (value) => variablesProblem(readNames(value)),
  });
  return readNames(text);
}
