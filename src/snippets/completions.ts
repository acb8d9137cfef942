import * as vscode from 'vscode';

import type { Store } from '../secrets/store';

/** Languages that have snippets. Listed here so that the snippets themselves are only loaded when one is typed. */
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
/** Matches a word that may contain hyphens, as prefixes do: `tir-curl`. */
const word = /[\w-]+/;

/** Completes words that begin with `tir` with the snippets of the document's language. Makes no network calls. */
export class SnippetCompletions implements vscode.CompletionItemProvider {
  constructor(private readonly store: Pick<Store, 'connections' | 'uses'>) {}

  register(): vscode.Disposable {
    // A fast typist reaches the hyphen before VS Code asks for completions, and there it only asks if "-" is a trigger.
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

/** Accepts `t` and `ti` too: VS Code asks once per word, at its first letter, and then only filters the answer. */
function isBeginning(typed: string): boolean {
  return typed.startsWith('tir') || 'tir'.startsWith(typed);
}
