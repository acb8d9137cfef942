import type * as vscode from 'vscode';

import { registerAuthentication } from './authentication/provider';
import { startBackground } from './background';
import { buildParts } from './buildParts';
import { registerCommands } from './commands/register';
import type { Parts } from './parts';
import type { WebSecrets } from './secrets/webSecrets';

/** Builds and joins all but what terminals need, which are ready by then. @param web the storage, in a browser */
export function startRest(
  context: vscode.ExtensionContext,
  first: Pick<Parts, 'log' | 'store' | 'terminals'>,
  web: WebSecrets | undefined,
): Parts {
  const parts = buildParts(context, first);
  context.subscriptions.push(registerCommands(parts), registerAuthentication(parts), startBackground(parts, web));
  return parts;
}
