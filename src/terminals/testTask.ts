import * as vscode from 'vscode';

import { plain } from '../base/text';
import type { TerminalEnvironment } from './environment';

const type = 'tir';

/** The task's definition in tasks.json; package.json describes it. */
interface Definition extends vscode.TaskDefinition {
  readonly task: 'test';
  /** Command to run instead of the one that fits the folder. */
  readonly command?: string;
}

/** Commands that run a folder's tests, each with a file that indicates it. The first file that exists decides. */
const commands: readonly (readonly [file: string, command: string])[] = [
  ...['pytest.ini', 'conftest.py', 'pyproject.toml', 'setup.cfg', 'requirements.txt'].map(
    // Outside of Windows, a virtual environment has both names, and a system often only the longer one.
    (file) => [file, `${process.platform === 'win32' ? 'python' : 'python3'} -m pytest`] as const,
  ),
  ['package.json', 'npm test'],
  ['go.mod', 'go test ./...'],
];

/**
 * Offers the task "Run Tests with Token". It runs in a terminal, which has the token; the Testing view doesn't run tests
 * in one. It isn't offered where tasks don't get a token. If tasks.json has it there, a message says so when it starts.
 */
export function registerTestTask(terminals: TerminalEnvironment): vscode.Disposable {
  const provider = vscode.tasks.registerTaskProvider(type, {
    async provideTasks() {
      const folders = vscode.workspace.workspaceFolders ?? [];
      const withToken = folders.filter(({ uri }) => terminals.tokenOfNewTerminals(uri.toString()) !== undefined);
      const tasks = withToken.map((folder) => taskOf({ type, task: 'test' }, folder).catch(() => undefined));
      return (await Promise.all(tasks)).flatMap((task) => task ?? []);
    },
    // VS Code asks for the same definition object.
    resolveTask: ({ definition, scope }) =>
      typeof scope === 'object' ? taskOf(definition as Definition, scope) : undefined,
  });
  const warning = vscode.tasks.onDidStartTask(({ execution: { task } }) => {
    const folder = typeof task.scope === 'object' ? task.scope.uri.toString() : undefined;
    if (task.definition.type === type && terminals.tokenOfNewTerminals(folder) === undefined) {
      const text = vscode.l10n.t(
        '"{0}" runs without a token, because tasks in this folder don\'t have one. Use a token, or check the settings tir.terminal.enabled and tir.terminal.scope.',
        plain(task.name),
      );
      void vscode.window.showWarningMessage(text);
    }
  });
  return vscode.Disposable.from(provider, warning);
}

async function taskOf(definition: Definition, folder: vscode.WorkspaceFolder): Promise<vscode.Task | undefined> {
  const command = definition.command ?? (await commandOf(folder));
  if (command === undefined) {
    return undefined;
  }
  const name = vscode.l10n.t('Run Tests with Token');
  const task = new vscode.Task(definition, folder, name, 'TIR', new vscode.ShellExecution(command));
  task.group = vscode.TaskGroup.Test;
  return task;
}

async function commandOf({ uri }: vscode.WorkspaceFolder): Promise<string | undefined> {
  const names = new Set((await vscode.workspace.fs.readDirectory(uri)).map(([name]) => name));
  return commands.find(([file]) => names.has(file))?.[1];
}
