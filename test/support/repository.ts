import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import * as vscode from 'vscode';

/** Makes the window's first folder a Git repository. Call `leave` when done. */
export class FolderRepository {
  readonly folder = vscode.workspace.workspaceFolders![0]!.uri.fsPath;

  constructor() {
    this.git('init', '--quiet');
    this.git('config', 'core.excludesFile', '');
  }

  git(...args: readonly string[]): void {
    execFileSync('git', args, { cwd: this.folder, stdio: 'pipe' });
  }

  leave(): void {
    rmSync(join(this.folder, '.git'), { recursive: true, maxRetries: 10 });
  }
}
