import * as vscode from 'vscode';

import { fromUi } from '../base/arguments';
import { toTirError } from '../base/errors';
import { sentence } from '../base/errorSentences';
import { withProgress } from '../base/prompts';
import { offerSetting, settings } from '../base/settings';
import { plain } from '../base/text';
import { commentAt, languageOf, replacementFor } from '../rewrite/languages';
import type { Edit } from '../rewrite/replacement';
import type { NamedToken } from '../secrets/records';
import { variableFor } from '../terminals/variables';
import type { Owners } from '../tokens/owners';
import { rangeOf, source } from './diagnostics';
import { commentedLine, type LeakCode, leakCodes } from './patterns';
import { type LeakedToken, linesOf } from './scan';

const ignorePattern = 'tir.leaks.ignorePattern';
const offerSdkVariables = 'tir.leaks.offerSdkVariables';

const findOwner = 'tir.leaks.findOwner';

/** Offers fixes for a leaked token in the light bulb of its line, and to rotate or delete it in its hover. */
export class LeakFixes implements vscode.CodeActionProvider, vscode.HoverProvider {
  constructor(
    private readonly leakAt: (document: vscode.TextDocument, place: vscode.Position) => LeakedToken | undefined,
    private readonly owners: Owners,
    /** Returns the API's host, for messages. */
    private readonly host: () => string,
  ) {}

  register(): vscode.Disposable {
    return vscode.Disposable.from(
      vscode.languages.registerCodeActionsProvider({ pattern: '**' }, this, {
        providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
      }),
      vscode.languages.registerHoverProvider({ pattern: '**' }, this),
      vscode.commands.registerCommand(ignorePattern, ignore),
      vscode.commands.registerCommand(offerSdkVariables, offerVariables),
      vscode.commands.registerCommand(findOwner, () => this.#findOwner()),
    );
  }

  async provideCodeActions(
    document: vscode.TextDocument,
    _: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): Promise<vscode.CodeAction[]> {
    const all: vscode.CodeAction[] = [];
    for (const diagnostic of diagnostics.filter((one) => one.source === source)) {
      const leakedToken = this.leakAt(document, diagnostic.range.start);
      const actions = leakedToken ? await this.#actionsFor(document, leakedToken) : [];
      for (const action of actions) {
        action.diagnostics = [diagnostic];
      }
      all.push(...actions);
    }
    return all;
  }

  /** Shows links that rotate or delete the token: two clicks, with the question that follows. */
  async provideHover(document: vscode.TextDocument, place: vscode.Position): Promise<vscode.Hover | undefined> {
    const leakedToken = this.leakAt(document, place);
    const token = leakedToken && (await tokenOf(leakedToken, this.owners));
    if (!token) {
      return undefined;
    }
    const commands = { 'tir.rotateToken': vscode.l10n.t('Rotate…'), 'tir.deleteToken': vscode.l10n.t('Delete…') };
    const given = encodeURIComponent(JSON.stringify([fromUi({ connectionId: token.connectionId, id: token.id })]));
    const links = Object.entries(commands).map(([command, title]) => `[${title}](command:${command}?${given})`);
    const text = new vscode.MarkdownString(links.join(' · '));
    text.isTrusted = { enabledCommands: Object.keys(commands) };
    return new vscode.Hover(text, rangeOf(leakedToken));
  }

  async #actionsFor(document: vscode.TextDocument, leakedToken: LeakedToken): Promise<vscode.CodeAction[]> {
    const { known, code } = leakedToken;
    const actions = [await replaceFix(document, leakedToken)];
    const token = await tokenOf(leakedToken, this.owners);
    if (token) {
      const name = plain(token.name);
      actions.push(
        fix(vscode.l10n.t('Rotate the leaked token "{0}"…', name), 'tir.rotateToken', fromUi(token)),
        fix(vscode.l10n.t('Delete the leaked token "{0}" on TIR…', name), 'tir.deleteToken', fromUi(token)),
      );
    } else if (await this.owners.hasProjects()) {
      actions.push(fix(vscode.l10n.t('Find out whose token this is'), findOwner));
    }
    if (!known) {
      const comment = await ignoreLine(document, leakedToken);
      const setting = vscode.l10n.t('Not a token: ignore all "{0}" matches in this workspace', code);
      actions.push(...(comment ? [comment] : []), fix(setting, ignorePattern, code));
    }
    return actions;
  }

  /** Lists each project's tokens once, which carry their values. The messages then name the token. */
  async #findOwner(): Promise<void> {
    await withProgress(vscode.l10n.t('Looking for the token on TIR…'), (signal) => this.owners.load(signal)).catch(
      (thrown: unknown) => {
        const error = toTirError(thrown);
        if (error.code !== 'cancelled') {
          void vscode.window.showErrorMessage(sentence(error, this.host()));
        }
      },
    );
  }
}

/** Returns the person's token that a value belongs to; undefined if there's none, or more than one. */
export async function tokenOf({ fingerprint, known }: LeakedToken, owners: Owners): Promise<NamedToken | undefined> {
  const all = (await owners.now()).of(fingerprint, known?.token);
  return all.length > 1 ? undefined : (all[0] ?? known?.token);
}

function fix(title: string, command?: string, ...given: unknown[]): vscode.CodeAction {
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  if (command !== undefined) {
    action.command = { command, title, arguments: given };
  }
  return action;
}

async function replaceFix(document: vscode.TextDocument, leakedToken: LeakedToken): Promise<vscode.CodeAction> {
  const { path } = document.uri;
  const name = variableFor(leakedToken);
  const range = rangeOf(leakedToken);
  const [start, end] = [document.offsetAt(range.start), document.offsetAt(range.end)];
  const site = { text: document.getText(), start, end, name, path, earlier: earlierCells(document) };
  const { code, edits } = await replacementFor(languageOf(document.languageId, path), site);
  const action = fix(
    code === ''
      ? vscode.l10n.t('Delete this entry: terminals have {0} while a token is in use', name)
      : vscode.l10n.t('Replace with {0}', code),
  );
  action.isPreferred = true;
  action.edit = workspaceEdit(document, edits);
  if (leakedToken.isApiKey && !settings.sdkVariables()) {
    action.command = { command: offerSdkVariables, title: action.title };
  }
  return action;
}

function workspaceEdit(document: vscode.TextDocument, edits: readonly Edit[]): vscode.WorkspaceEdit {
  const all = new vscode.WorkspaceEdit();
  for (const { start, end, text } of edits) {
    all.replace(document.uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), text);
  }
  return all;
}

/** Adds a `tir-ignore` comment above the line. On the line itself, it could become part of a text. */
async function ignoreLine(
  document: vscode.TextDocument,
  { line, code }: LeakedToken,
): Promise<vscode.CodeAction | undefined> {
  const action = fix(vscode.l10n.t('Not a token: ignore this line'));
  const at = document.offsetAt(new vscode.Position(commentedLine(linesOf(document), line), 0));
  const language = languageOf(document.languageId, document.uri.path);
  const edit = await commentAt(language, document.getText(), at, `tir-ignore ${code}`);
  if (!edit) {
    return undefined;
  }
  action.edit = workspaceEdit(document, [edit]);
  return action;
}

/** Returns the code of the cells before this one in its notebook, in the same language. */
export function earlierCells(document: vscode.TextDocument): string[] {
  for (const notebook of vscode.workspace.notebookDocuments) {
    const cells = notebook.getCells();
    const index = cells.findIndex((cell) => cell.document === document);
    if (index >= 0) {
      return cells
        .slice(0, index)
        .filter(
          ({ kind, document: { languageId } }) =>
            kind === vscode.NotebookCellKind.Code && languageId === document.languageId,
        )
        .map((cell) => cell.document.getText());
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
async function offerVariables(): Promise<void> {
  const turnOn = vscode.l10n.t('Turn On');
  const message = vscode.l10n.t(
    'New terminals have E2E_TIR_API_KEY only if the setting {0} is on.',
    'tir.terminal.sdkVariables',
  );
  await offerSetting(message, turnOn, 'tir', 'terminal.sdkVariables', true);
}
