import * as vscode from 'vscode';

import type { Store } from '../secrets/store';

/** The languages that snippets are offered in. By itself, so that the snippets are loaded when the first one is typed. */
export const snippetLanguages = [
  'shellscript',
  'python',
  'javascript',
  'javascriptreact',
  'typescript',
  'typescriptreact',
  'yaml',
  'github-actions-workflow',
  'dockerfile',
] as const;
/** A word as prefixes are: `tir-curl`. */
const word = /[\w-]+/;

/** Offers the snippets of a document's language while a word is typed that begins with `tir`. Asks no network. */
export class SnippetCompletions implements vscode.CompletionItemProvider {
  constructor(private readonly store: Pick<Store, 'connections' | 'uses'>) {}

  register(): vscode.Disposable {
    // Who types fast is at the hyphen before the editor has asked; without it there it asks nobody.
    return vscode.languages.registerCompletionItemProvider([...snippetLanguages], this, '-');
  }

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.CompletionItem[]> {
    const range = document.getWordRangeAtPosition(position, word);
    const typed = range && document.getText(range.with({ end: position })).toLowerCase();
    if (!range || !typed || !isBeginning(typed)) {
      return [];
    }
    const { completionsFor } = await import('./offers');
    return completionsFor(document, range, this.store);
  }
}

/** The editor asks once a word, at its first letter, and filters the answer from there on: so `t` and `ti` count too. */
function isBeginning(typed: string): boolean {
  return typed.startsWith('tir') || 'tir'.startsWith(typed);
}
