import * as vscode from 'vscode';

import { settings } from '../base/settings';
import { codeFor, languageOf } from '../rewrite/languages';
import type { Edit, Replacement } from '../rewrite/replacement';
import { variableFor } from '../terminals/variables';
import { isReported } from './diagnostics';
import { mayHaveToken } from './git';
import type { KnownValues } from './knownValues';
import { type LeakedToken, scanText } from './scan';

/*
 * The parts of VS Code's API for pasting that are used here. It's there since VS Code 1.97
 * (https://code.visualstudio.com/updates/v1_97#_document-paste-api).
 */

interface PasteEdit {
  additionalEdit?: vscode.WorkspaceEdit;
}

interface PasteApi {
  readonly DocumentPasteEdit: new (insertText: string, title: string, kind: unknown) => PasteEdit;
  readonly DocumentDropOrPasteEditKind: { readonly Empty: { append(...parts: string[]): unknown } };
  readonly languages: {
    registerDocumentPasteEditProvider?(
      selector: vscode.DocumentSelector,
      provider: {
        provideDocumentPasteEdits(
          document: vscode.TextDocument,
          ranges: readonly vscode.Range[],
          dataTransfer: vscode.DataTransfer,
        ): Promise<PasteEdit[] | undefined>;
      },
      metadata: { readonly providedPasteEditKinds: readonly unknown[]; readonly pasteMimeTypes: readonly string[] },
    ): vscode.Disposable;
  };
}

const plainText = 'text/plain';

/** Characters. Longer texts are pasted as they are, and scanned afterwards. */
const longest = 100_000;
/** A text with more tokens is data. */
const mostTokens = 10;

/** Pastes code that reads the variable where a token would be pasted into code. Does nothing in VS Code 1.96. */
export function guardPaste(known: () => KnownValues, earlierCells: (document: vscode.TextDocument) => string[]) {
  const api = vscode as unknown as PasteApi;
  if (!api.languages.registerDocumentPasteEditProvider) {
    return new vscode.Disposable(() => undefined);
  }
  const kind = api.DocumentDropOrPasteEditKind.Empty.append('tir', 'variable');
  return api.languages.registerDocumentPasteEditProvider(
    { pattern: '**' },
    {
      async provideDocumentPasteEdits(document, [range, ...others], dataTransfer) {
        const text = (await dataTransfer.get(plainText)?.asString()) ?? '';
        if (!range || others.length > 0 || text.length > longest || !settings.leaksEnabled()) {
          return undefined;
        }
        const found = (await scanText(text, known())).filter(isReported);
        if (found.length === 0 || found.length > mostTokens || isLeftAlone(document, range, text)) {
          return undefined;
        }
        if (await mayHaveToken(document.uri)) {
          return undefined;
        }
        const pasted = await pasteOf(document, range, text, found, earlierCells(document));
        if (!pasted) {
          return undefined;
        }
        const title = vscode.l10n.t('Paste {0} instead of the token', pasted.code);
        const edit = new api.DocumentPasteEdit(pasted.text, title, kind);
        edit.additionalEdit = pasted.others;
        return [edit];
      },
    },
    { providedPasteEditKinds: [kind], pasteMimeTypes: [plainText] },
  );
}

/** Returns whether VS Code would put the text elsewhere than an edit could say, or a comment ignores the place. */
function isLeftAlone(document: vscode.TextDocument, { start, isEmpty }: vscode.Range, text: string): boolean {
  const before = document.lineAt(start.line).text.slice(0, start.character);
  const hasLines = /[\r\n]/.test(text.trimEnd());
  // A line that was copied as a whole goes above the cursor's line, and further lines are indented like it.
  if ((isEmpty && before !== '' && /^[^\r\n]*\r?\n$/.test(text)) || (hasLines && /^\s/.test(before))) {
    return true;
  }
  const above = start.line > 0 ? document.lineAt(start.line - 1).text : '';
  return /\btir-ignore\b/.test(`${above}\n${document.lineAt(start.line).text}`);
}

interface Pasted {
  readonly code: string;
  readonly text: string;
  /** Changes elsewhere, such as an import, or quotes around the place. */
  readonly others: vscode.WorkspaceEdit;
}

async function pasteOf(
  document: vscode.TextDocument,
  range: vscode.Range,
  text: string,
  found: readonly LeakedToken[],
  earlier: readonly string[],
): Promise<Pasted | undefined> {
  const whole = document.getText();
  const [start, end] = [document.offsetAt(range.start), document.offsetAt(range.end)];
  const language = languageOf(document.languageId, document.uri.path);
  const kinds = new Set(found.map(({ isApiKey }) => isApiKey));
  // One variable can't have two values. In VS Code's files, each fix could add the same entry.
  if (
    new Set(found.map(({ fingerprint }) => fingerprint)).size > kinds.size ||
    (kinds.size > 1 && /^json/.test(language))
  ) {
    return undefined;
  }
  const places = placesOf(text, found);
  // As code, a value alone has to be in quotes before it can be replaced.
  const isAlone = found.length === 1 && places[0]?.length === text.trim().length;
  for (const paste of isAlone ? [text, JSON.stringify(text.trim())] : [text]) {
    const after = whole.slice(0, start) + paste + whole.slice(end);
    const replacements: Replacement[] = [];
    for (const there of places) {
      const place = isAlone ? { at: paste.indexOf(text.trim()), length: text.trim().length } : there;
      const name = variableFor(there);
      const from = start + place.at;
      const site = { text: after, start: from, end: from + place.length, name, path: document.uri.path, earlier };
      const replacement = await codeFor(language, site);
      if (replacement) {
        replacements.push(replacement);
      }
    }
    const edits = merged(replacements.flatMap((one) => one.edits));
    const [first] = replacements;
    const isCode = replacements.length === found.length && replacements.every(({ code }) => code !== '');
    if (first && isCode && edits) {
      return { code: first.code, ...split(document, edits, { start, end, paste }) };
    }
  }
  return undefined;
}

interface Place {
  readonly at: number;
  readonly length: number;
  readonly isApiKey: boolean;
}

function placesOf(text: string, found: readonly LeakedToken[]): Place[] {
  const starts = [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map(({ 0: ending, index }) => index + ending.length)];
  return found.map(({ line, start, end, isApiKey }) => {
    return { at: (starts[line] ?? 0) + start, length: end - start, isApiKey };
  });
}

/** Returns the edits in order, each once; undefined if two overlap. */
function merged(edits: readonly Edit[]): Edit[] | undefined {
  const unique = [...new Map(edits.map((edit) => [JSON.stringify(edit), edit])).values()];
  unique.sort((a, b) => a.start - b.start || a.end - b.end);
  const overlap = unique.some((edit, index) => index > 0 && edit.start < (unique[index - 1]?.end ?? 0));
  return overlap ? undefined : unique;
}

/** Splits edits of the text after a paste into the text to paste and the changes elsewhere. */
function split(
  document: vscode.TextDocument,
  edits: readonly Edit[],
  { start, end, paste }: { readonly start: number; readonly end: number; readonly paste: string },
): { readonly text: string; readonly others: vscode.WorkspaceEdit } {
  const others = new vscode.WorkspaceEdit();
  const change = (from: number, to: number, text: string) =>
    others.replace(document.uri, new vscode.Range(document.positionAt(from), document.positionAt(to)), text);
  const pasteEnd = start + paste.length;
  const moved = end - pasteEnd;
  let text = '';
  let at = start;
  for (const edit of edits) {
    if (edit.end <= start && edit.start < start) {
      change(edit.start, edit.end, edit.text);
    } else if (edit.start >= pasteEnd) {
      change(edit.start + moved, edit.end + moved, edit.text);
    } else {
      if (edit.start < start) {
        change(edit.start, start, '');
      }
      if (edit.end > pasteEnd) {
        change(end, edit.end + moved, '');
      }
      text += paste.slice(at - start, Math.max(0, edit.start - start)) + edit.text;
      at = Math.min(edit.end, pasteEnd);
    }
  }
  text += paste.slice(at - start);
  if (text === '' && end > start) {
    // VS Code replaces the selection only if there's a text to paste.
    change(start, end, '');
  }
  return { text, others };
}
