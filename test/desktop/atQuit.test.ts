import * as vscode from 'vscode';

import { begin, run, signIn } from '../host/support';

/*
 * `npm run test:desktop` runs this alone: VS Code quits while the terminal is open, and what it wrote is searched.
 */

it('a terminal with the token, in which a person typed, is open when VS Code quits', async () => {
  const { emulator, person } = await begin();
  await signIn(emulator);
  await run('createToken', { name: 'dev-laptop' });
  const terminal = vscode.window.createTerminal();
  await terminal.processId;
  terminal.sendText('exit 0', false);
  person.leave();
});
