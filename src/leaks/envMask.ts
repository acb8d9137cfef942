import * as vscode from 'vscode';

import { Disposable, onSetting } from '../base/disposable';
import { languageOf } from '../rewrite/languages';
import { isReported, rangeOf } from './diagnostics';
import type { LeakedToken } from './scan';

const show = 'tir.leaks.showValues';

/** Shows •••• for tokens in `.env` files, until a person asks to see them. The files stay as they are. */
export class EnvMask extends Disposable implements vscode.CodeLensProvider {
  readonly #mask = this.register(
    vscode.window.createTextEditorDecorationType({
      // VS Code has no option to hide a text: this ends the property and adds another one.
      textDecoration: 'none; display: none;',
      before: { contentText: '••••••••', color: new vscode.ThemeColor('editorCodeLens.foreground') },
    }),
  );
  readonly #changed = this.register(new vscode.EventEmitter<void>());
  readonly onDidChangeCodeLenses = this.#changed.event;
  /** By URI. */
  readonly #found = new Map<string, readonly LeakedToken[]>();
  /** Editors that have their decorations, which VS Code moves with the text. */
  readonly #drawn = new WeakSet<vscode.TextEditor>();
  /** URIs of the files whose values are shown. */
  readonly #shown = new Set<string>();

  constructor() {
    super();
    this.register(vscode.languages.registerCodeLensProvider([{ language: 'dotenv' }, { pattern: '**/.env*' }], this));
    this.register(
      vscode.commands.registerCommand(show, (key: unknown) => {
        this.#shown.add(String(key));
        this.#draw();
      }),
    );
    this.register(
      vscode.window.onDidChangeVisibleTextEditors((editors) =>
        this.#draw(editors.filter((editor) => !this.#drawn.has(editor))),
      ),
    );
    this.register(onSetting('editor.codeLens', () => this.#draw()));
    this.register(onSetting('tir.leaks', () => this.#draw()));
    this.register(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.#found.delete(uri.toString());
        this.#shown.delete(uri.toString());
      }),
    );
  }

  /** Hides the tokens of a `.env` document. */
  set(document: vscode.TextDocument, leakedTokens: readonly LeakedToken[]): void {
    if (languageOf(document.languageId, document.uri.path) === 'dotenv') {
      this.#found.set(document.uri.toString(), leakedTokens);
      this.#draw(vscode.window.visibleTextEditors.filter((editor) => editor.document === document));
    }
  }

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    const title = vscode.l10n.t('Show token values');
    return this.#maskedIn(uri)
      .slice(0, 1)
      .map((one) => new vscode.CodeLens(rangeOf(one), { title, command: show, arguments: [uri.toString()] }));
  }

  #maskedIn(uri: vscode.Uri): readonly LeakedToken[] {
    const key = uri.toString();
    // Without code lenses, a person couldn't ask for the values.
    const canBeShown = vscode.workspace.getConfiguration('editor', uri).get<boolean>('codeLens', true);
    return this.#shown.has(key) || !canBeShown ? [] : (this.#found.get(key) ?? []).filter(isReported);
  }

  #draw(editors = vscode.window.visibleTextEditors): void {
    for (const editor of editors) {
      this.#drawn.add(editor);
      editor.setDecorations(this.#mask, this.#maskedIn(editor.document.uri).map(rangeOf));
    }
    this.#changed.fire();
  }
}
