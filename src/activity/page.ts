import * as vscode from 'vscode';

import { Disposable } from '../base/disposable';
import type { ActivityLog } from './log';

/** The scheme of the page's URI, and the ID of its language, for which package.json turns off what's noise in a list. */
const scheme = 'tir-activity';

/**
 * Shows the activity log as a read-only document, newest entry first. People can read, search, select and copy as in
 * any document, and a screen reader reads it line by line. Buttons in the editor title filter and export it.
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
    // VS Code finds a document's language by its file name only, which is translated here. It may open the page by
    // itself, as after a reload.
    this.register(vscode.workspace.onDidOpenTextDocument(setLanguage));
    vscode.workspace.textDocuments.forEach(setLanguage);
  }

  get filter(): string {
    return this.#filter;
  }

  async provideTextDocumentContent(): Promise<string> {
    this.#isAnnounced = false;
    const { activityText } = await import('./text');
    return activityText(await this.activityLog.read(), {
      filter: this.#filter,
      language: vscode.env.language,
      now: new Date(),
    });
  }

  /** Opens the page or brings it to the front, with only the entries that match the filter. */
  async show(filter = this.#filter): Promise<void> {
    // Otherwise the view stays where it was scrolled to, which may be below the last line by then.
    const top = filter !== this.#filter && { selection: new vscode.Range(0, 0, 0, 0) };
    this.#filter = filter;
    await vscode.commands.executeCommand('setContext', 'tir.activityFiltered', filter !== '');
    const document = await vscode.workspace.openTextDocument(this.#uri);
    await vscode.window.showTextDocument(document, { preview: false, ...top });
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

function setLanguage(document: vscode.TextDocument): void {
  if (document.uri.scheme === scheme && document.languageId !== scheme) {
    void vscode.languages.setTextDocumentLanguage(document, scheme);
  }
}
