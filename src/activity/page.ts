import * as vscode from 'vscode';

import { Disposable } from '../base/disposable';
import type { ActivityLog } from './log';
import type { Header } from './text';

const scheme = 'tir-activity';
const header: Header = [
  vscode.l10n.t('Time'),
  vscode.l10n.t('Action'),
  vscode.l10n.t('Outcome'),
  vscode.l10n.t('Token'),
  vscode.l10n.t('Connection'),
  vscode.l10n.t('Folder'),
  vscode.l10n.t('Window'),
];

/**
 * The audit trail as a read-only document, the newest on top: people read, search, select and copy in it as in
 * any other, and a screen reader reads it line by line. Two buttons beside its tab filter and export it.
 */
export class ActivityPage extends Disposable implements vscode.TextDocumentContentProvider {
  readonly #changed = this.register(new vscode.EventEmitter<vscode.Uri>());
  readonly #uri = vscode.Uri.from({ scheme, path: `/${vscode.l10n.t('Token Activity')}` });
  #filter = '';

  readonly onDidChange = this.#changed.event;

  constructor(private readonly activityLog: ActivityLog) {
    super();
    this.register(vscode.workspace.registerTextDocumentContentProvider(scheme, this));
  }

  get filter(): string {
    return this.#filter;
  }

  async provideTextDocumentContent(): Promise<string> {
    const { activityLines } = await import('./text');
    const page = activityLines(await this.activityLog.read(), this.#filter, header);
    return this.#filter ? `${vscode.l10n.t('Only lines with: {0}', this.#filter)}\n\n${page}` : page;
  }

  /** Opens it, or brings it to the front, with the lines alone that have all words of the filter. */
  async show(filter = this.#filter): Promise<void> {
    this.#filter = filter;
    const document = await vscode.workspace.openTextDocument(this.#uri);
    await vscode.window.showTextDocument(document, { preview: false });
    // The editor keeps the text of a page that was closed a moment ago, and asks only for those that are open.
    this.refresh();
  }

  /** After something was written down, here or in another window. */
  refresh(): void {
    this.#changed.fire(this.#uri);
  }
}
