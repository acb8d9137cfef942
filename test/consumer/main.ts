import { createHash } from 'node:crypto';
import { renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setFlagsFromString, writeHeapSnapshot } from 'node:v8';

import * as vscode from 'vscode';

/*
 * A test extension that asks for a token of project 4711. It shows the start of the token's SHA-256 in a notification
 * and in the status bar, which it updates when sessions change. It asks only after a command, so other tests aren't
 * affected.
 */

/** API for tests in the same extension host. */
export interface Consumer {
  /** Number of events about changed sessions. */
  readonly heard: number;
  ask(scopes: readonly string[], options: vscode.AuthenticationGetSessionOptions): Promise<Got | undefined>;
  /** Its own secret storage. VS Code gives an extension no other. */
  readonly secrets: vscode.SecretStorage;
  /** Its own variables for terminals. */
  readonly variables: vscode.EnvironmentVariableCollection;
  /** Runs a command as this extension. */
  run(command: string, argument?: unknown): Promise<unknown>;
}

export interface Got {
  /** SHA-256 of the token, in hexadecimal digits. */
  readonly hash: string;
  readonly account: vscode.AuthenticationSessionAccountInformation;
  readonly id: string;
  readonly scopes: readonly string[];
}

const project = ['project:4711'];

export function activate(context: vscode.ExtensionContext): Consumer {
  const run = async (command: string, argument?: unknown) => vscode.commands.executeCommand(command, argument);
  const consumer = { heard: 0, ask, secrets: context.secrets, variables: context.environmentVariableCollection, run };
  const item = vscode.window.createStatusBarItem('consumer', vscode.StatusBarAlignment.Left, 1000);
  item.name = 'Consumer';
  item.show();
  const show = async () => {
    const got = context.globalState.get('asked') ? await ask(project, { silent: true }) : undefined;
    item.text = `Consumer: ${got ? got.hash.slice(0, 12) : 'no token'}`;
  };
  const asks: Record<string, [readonly string[], vscode.AuthenticationGetSessionOptions]> = {
    ask: [project, { createIfNone: true }],
    renew: [project, { forceNewSession: true }],
    askForAny: [[], { createIfNone: true }],
  };
  context.subscriptions.push(
    item,
    vscode.authentication.onDidChangeSessions(({ provider }) => {
      if (provider.id === 'tir') {
        consumer.heard++;
        void show();
      }
    }),
    vscode.commands.registerCommand('consumer.writeHeap', writeHeap),
    ...Object.entries(asks).map(([name, [scopes, options]]) =>
      vscode.commands.registerCommand(`consumer.${name}`, async () => {
        await context.globalState.update('asked', true);
        await tell(ask(scopes, options));
        await show();
      }),
    ),
  );
  void show();
  void runTestsAndQuit();
  return consumer;
}

/**
 * Runs the tests in the module that `TIR_TEST_IN_WINDOW` names, and quits VS Code. A window that VS Code opens for tests
 * saves nothing when it quits, so a test of what it saves needs an ordinary window.
 */
async function runTestsAndQuit(): Promise<void> {
  const module = process.env['TIR_TEST_IN_WINDOW'];
  if (module !== undefined) {
    const tests = createRequire(module)(module) as { run(): Promise<void> };
    await tests.run().catch(() => undefined);
    await vscode.commands.executeCommand('workbench.action.quit');
  }
}

/** Writes a heap snapshot of this process, other extensions included, to the file that `TIR_TEST_HEAP` names. */
function writeHeap(): void {
  const file = process.env['TIR_TEST_HEAP'] ?? '';
  // By default, the snapshot truncates long strings.
  setFlagsFromString('--heap-snapshot-string-limit=100000000');
  writeHeapSnapshot(`${file}.part`);
  renameSync(`${file}.part`, file);
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Requests sessions one after the other. VS Code 1.96 answers a request with the result of a pending one for the same
 * scopes. If the pending one is silent and the person has to be asked, that's no session.
 */
function ask(scopes: readonly string[], options: vscode.AuthenticationGetSessionOptions): Promise<Got | undefined> {
  const asking = last.then(() => request(scopes, options));
  last = asking.catch(() => undefined);
  return asking;
}

async function request(
  scopes: readonly string[],
  options: vscode.AuthenticationGetSessionOptions,
): Promise<Got | undefined> {
  const session = await vscode.authentication.getSession('tir', scopes, options);
  return (
    session && {
      hash: createHash('sha256').update(session.accessToken).digest('hex'),
      ...{ account: session.account, id: session.id, scopes: session.scopes },
    }
  );
}

async function tell(asking: Promise<Got | undefined>): Promise<void> {
  try {
    const got = await asking;
    void vscode.window.showInformationMessage(`Consumer got ${got?.hash.slice(0, 12)} of ${got?.account.label}.`);
  } catch (error) {
    void vscode.window.showWarningMessage(`Consumer got nothing: ${error instanceof Error ? error.message : ''}`);
  }
}
