import * as v from 'valibot';
import * as vscode from 'vscode';

import { readArgument } from '../base/arguments';
import { refusal } from '../base/errors';
import { askText, singleStep } from '../base/prompts';
import { plain } from '../base/sentences';
import type { Services } from '../services';
import { longestName, mostNames, readNames, tokenVariable, variableProblem } from '../terminals/variables';
import { chooseConnection } from './choose';
import type { Call } from './register';

/** Sets the names of the variables that have the value of a project's token beside `TIR_API_TOKEN`. */
export async function setVariableNames(services: Services, { argument }: Call) {
  const given = readArgument(
    { connectionId: v.optional(v.string()), names: v.optional(v.array(v.string())) },
    argument,
  );
  const title = vscode.l10n.t('Set Extra Variable Names');
  const { connection } = await chooseConnection(services, title, given.connectionId);
  const names = [...new Set(given.names ?? (await askNames(connection.label, connection.variables ?? [])))];
  const problem = namesProblem(names);
  if (problem !== undefined) {
    throw refusal('invalid-input', problem);
  }
  // What it is signed in with may have changed while the question was open.
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
    validate: (value) => namesProblem(readNames(value)),
  });
  return readNames(text);
}

/** One sentence on the first name that cannot be taken; undefined where all can. */
function namesProblem(names: readonly string[]): string | undefined {
  if (names.length > mostNames) {
    return vscode.l10n.t('A project has at most {0} extra names; these are {1}.', mostNames, names.length);
  }
  for (const name of names) {
    const problem = variableProblem(name);
    if (problem === undefined) {
      continue;
    }
    switch (problem) {
      case 'characters':
        // Not quoted: it may be a token that was pasted into the wrong field.
        return vscode.l10n.t(
          'A name of a variable is made of letters, digits and "_", and does not begin with a digit.',
        );
      case 'too-long':
        return vscode.l10n.t('A name of a variable has at most {0} characters.', longestName);
      case 'own':
        return vscode.l10n.t('{0} has the token in any case.', name);
      case 'sdk':
        return vscode.l10n.t('{0} is set by the setting tir.terminal.sdkVariables.', name);
      case 'steering':
        return vscode.l10n.t('{0} cannot have the token: programs are steered by it. Choose another name.', name);
    }
  }
  return undefined;
}
