import * as v from 'valibot';
import * as vscode from 'vscode';

import { readArgument } from '../base/arguments';
import { refusal, TirError } from '../base/errors';
import { askNames, singleStep } from '../base/prompts';
import { plain } from '../base/text';
import type { CommandCall, Services } from '../services';
import { readNames, suggestedNames, tokenVariable, variablesProblem } from '../terminals/variables';
import { chooseConnection } from './choose';

/** Sets the variables that get a project's token in addition to `TIR_API_TOKEN`. */
export async function setVariableNames(services: Services, { argument }: CommandCall) {
  const given = readArgument(
    { connectionId: v.optional(v.string()), names: v.optional(v.array(v.string())) },
    argument,
  );
  const title = vscode.l10n.t('Set Extra Variable Names');
  const { connection } = await chooseConnection(services, title, given.connectionId);
  const names = [...new Set(given.names ?? (await askExtraNames(connection.label, connection.variables ?? [])))];
  const problem = variablesProblem(names);
  if (problem !== undefined) {
    throw refusal('invalid-input', problem);
  }
  const isSignedIn = await services.store.updateConnection(connection.id, ({ connection: current, credentials }) => {
    const { variables: _, ...rest } = current;
    return { connection: { ...rest, ...(names.length > 0 && { variables: names }) }, credentials };
  });
  if (!isSignedIn) {
    throw new TirError('not-signed-in', 'the connection is gone');
  }
  await services.activity.record('set-variables', { connectionId: connection.id });
  services.log.info(`${connection.id} has ${names.length} extra names of variables.`);
  return { names };
}

function askExtraNames(label: string, names: readonly string[]): Promise<readonly string[]> {
  const others = suggestedNames.filter((name) => !names.includes(name));
  // In inference code this variable mostly holds the token.
  const warnings: Record<string, string> = { E2E_API_KEY: vscode.l10n.t('e2ectl reads an API key here, not a token') };
  return askNames(singleStep(vscode.l10n.t('Set Extra Variable Names for {0}', plain(label))), {
    placeholder: vscode.l10n.t(
      'Select or type variable names for the token besides {0}, separated by commas',
      tokenVariable,
    ),
    offered: [...names, ...others].map((label) => ({ label, description: warnings[label] ?? '' })),
    checked: names,
    newName: vscode.l10n.t('new name'),
    read: readNames,
    validate: variablesProblem,
  });
}
