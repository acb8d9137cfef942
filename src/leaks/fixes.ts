import * as vscode from 'vscode';

import { fromUi } from '../base/arguments';
import { offerSetting, settings } from '../base/settings';
import { source } from './diagnostics';
import type { ReplacedValue } from './imports';
import { commentOf, languageOf, replacementFor } from './languages';
import { type LeakCode, leakCodes, type Lines } from './patterns';
import { commentedLine, type LeakedToken, linesOf } from './scan';

const ignorePattern = 'tir.leaks.ignorePattern';
const explainApiKey = 'tir.leaks.explainApiKey';

/** Offers fixes for a leaked token in the light bulb of its line. */
export class LeakFixes implements vscode.CodeActionProvider {
  constructor(private readonly leakAt: (uri: vscode.Uri, range: vscode.Range) => LeakedToken | undefined) {}

  register(): vscode.Disposable {
    return vscode.Disposable.from(
      vscode.languages.registerCodeActionsProvider({ pattern: '**' }, this, {
        providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
      }),
      vscode.commands.registerCommand(ignorePattern, ignore),
      vscode.commands.registerCommand(explainApiKey, explain),
    );
  }

  provideCodeActions(
    document: vscode.TextDocument,
    _: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    return diagnostics
      .filter((diagnostic) => diagnostic.source === source)
      .flatMap((diagnostic) => {
        const leakedToken = this.leakAt(document.uri, diagnostic.range);
        const actions = leakedToken ? actionsFor(document, leakedToken) : [];
        for (const action of actions) {
          action.diagnostics = [diagnostic];
        }
        return actions;
      });
  }
}

function actionsFor(document: vscode.TextDocument, leakedToken: LeakedToken): vscode.CodeAction[] {
  const { known, code } = leakedToken;
  const actions = [replace(document, leakedToken)];
  if (known?.token) {
    const revoke = fix(vscode.l10n.t('Revoke this token: rotate it, which deletes it…'));
    revoke.command = { command: 'tir.rotateToken', title: revoke.title, arguments: [fromUi(known.token)] };
    actions.push(revoke);
  }
  if (!known) {
    const comment = ignoreLine(document, leakedToken);
    const setting = fix(vscode.l10n.t('Not a token: ignore "{0}" in this workspace', code));
    setting.command = { command: ignorePattern, title: setting.title, arguments: [code] };
    actions.push(...(comment ? [comment] : []), setting);
  }
  return actions;
}

function fix(title: string): vscode.CodeAction {
  return new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
}

function replace(document: vscode.TextDocument, { line, start, end, isApiKey }: LeakedToken): vscode.CodeAction {
  const { path } = document.uri;
  const name = isApiKey ? 'E2E_TIR_API_KEY' : 'TIR_API_TOKEN';
  const site: ReplacedValue = { lines: linesOf(document), line, start, end, name, path, earlier: otherCells(document) };
  const { code, edits } = replacementFor(languageOf(document.languageId, path), site);
  const action = fix(
    code === ''
      ? vscode.l10n.t('Delete this entry: terminals set {0} while a token is in use', name)
      : vscode.l10n.t('Replace by {0}', code),
  );
  action.isPreferred = true;
  action.edit = new vscode.WorkspaceEdit();
  for (const edit of edits) {
    action.edit.replace(
      document.uri,
      new vscode.Range(edit.line, edit.start, edit.endLine ?? edit.line, edit.end),
      edit.text,
    );
  }
  if (isApiKey && !settings.sdkVariables()) {
    action.command = { command: explainApiKey, title: action.title };
  }
  return action;
}

/** Adds a `tir-ignore` comment above the line. On the line itself, it could become part of a text. */
function ignoreLine(document: vscode.TextDocument, { line, code }: LeakedToken): vscode.CodeAction | undefined {
  const comment = commentOf(languageOf(document.languageId, document.uri.path));
  if (!comment) {
    return undefined;
  }
  const action = fix(vscode.l10n.t('Not a token: ignore this line'));
  const above = commentedLine(linesOf(document), line);
  const indentation = /^\s*/.exec(document.lineAt(above).text)?.[0] ?? '';
  const [begin, end] = comment;
  action.edit = new vscode.WorkspaceEdit();
  action.edit.insert(document.uri, new vscode.Position(above, 0), `${indentation}${begin} tir-ignore ${code}${end}\n`);
  return action;
}

/** Returns the cells before this one in its notebook. */
function otherCells(document: vscode.TextDocument): Lines[] {
  for (const notebook of vscode.workspace.notebookDocuments) {
    const cells = notebook.getCells();
    const index = cells.findIndex((cell) => cell.document === document);
    if (index >= 0) {
      return cells.slice(0, index).map((cell) => linesOf(cell.document));
    }
  }
  return [];
}

/** Ignores a pattern in the workspace's settings, or in the user settings if no workspace is open. */
async function ignore(code: unknown): Promise<void> {
  const isCode = (word: unknown): word is LeakCode => leakCodes.some((one) => one === word);
  if (isCode(code) && !settings.ignoredLeaks().includes(code)) {
    const target = vscode.workspace.workspaceFolders
      ? vscode.ConfigurationTarget.Workspace
      : vscode.ConfigurationTarget.Global;
    const ignored = [...settings.ignoredLeaks(), code];
    await vscode.workspace.getConfiguration('tir').update('leaks.ignoredPatterns', ignored, target);
  }
}

/** Offers to turn on the SDK's variables, without which terminals have no API key. */
async function explain(): Promise<void> {
  const turnOn = vscode.l10n.t('Turn On');
  const message = vscode.l10n.t(
    'Terminals have E2E_TIR_API_KEY once the setting "{0}" is on.',
    'tir.terminal.sdkVariables',
  );
  await offerSetting(message, turnOn, 'tir', 'terminal.sdkVariables', true);
}
