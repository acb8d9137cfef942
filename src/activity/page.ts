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
  vscode.l10n.t('Project'),
  vscode.l10n.t('Folder'),
  vscode.l10n.t('Window'),
];

/**
 * Shows the activity log as a read-only document, newest entry first. People can read, search, select and copy as in
 * any document, and a screen reader reads it line by line. Two buttons in the editor title filter and export it.
 */
export class ActivityPage extends Disposable implements vscode.TextDocumentContentProvider {
  readonly #changed = this.register(new vscode.EventEmitter<vscode.Uri>());
  readonly #uri = vscode.Uri.from({ scheme, path: `/${vscode.l10n.t('Token Activity')}` });
  #filter = '';
  /** Whether a change was announced, and VS Code hasn't asked for the new text yet. */
  #isAnnounced = false;

  readonly onDidChange = this.#changed.event;

  constructor(private readonly activityLog: ActivityLog) {
    super();
    this.register(vscode.workspace.registerTextDocumentContentProvider(scheme, this));
  }

  get filter(): string {
    return this.#filter;
  }

  async provideTextDocumentContent(): Promise<string> {
    this.#isAnnounced = false;
    const { activityLines } = await import('./text');
    const page = activityLines(await this.activityLog.read(), this.#filter, header);
    return this.#filter ? `${vscode.l10n.t('Only lines with: {0}', this.#filter)}\n\n${page}` : page;
  }

  /** Opens the page or brings it to the front, with only the lines that contain all words of the filter. */
  async show(filter = this.#filter): Promise<void> {
    this.#filter = filter;
    const document = await vscode.workspace.openTextDocument(this.#uri);
    await vscode.window.showTextDocument(document, { preview: false });
    // VS Code keeps a just-closed document's text and only asks again for open ones, so refresh after opening.
    this.refresh();
  }

  /** Reloads the page if it's open. Call after any window records an entry. */
  refresh(): void {
    // VS Code asks only for open documents. It mixes up the lines if it applies three updates at once, so there's never
    // more than one update and one announcement: the text that VS Code then asks for has all later entries too.
    const isOpen = vscode.workspace.textDocuments.some(({ uri }) => uri.toString() === this.#uri.toString());
    if (isOpen && !this.#isAnnounced) {
      this.#isAnnounced = true;
      this.#changed.fire(this.#uri);
    }
  }
}
