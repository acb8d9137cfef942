import * as vscode from 'vscode';

import { fromUi } from '../base/arguments';
import { refusal } from '../base/errors';
import { settings } from '../base/settings';
import { plain } from '../base/text';
import type { CommandCall, Services } from '../services';
import { configuredValue, findSource, startUpFileOf } from '../terminals/valueSources';
import { type Content, sameContent } from '../terminals/savedTerminals';
import type { Answer } from '../terminals/shellQuestions';
import { isIntegrated, isOfToken, shellOf } from '../terminals/terminalOptions';
import { sameTerminalToken } from '../terminals/terminalTokens';
import { tokenVariable } from '../terminals/variables';
import { explainFile, explainSource, type Finding, otherStartUpFile, tell, withReopen } from './terminalFindings';

/** Shows which token the active terminal has, and offers a fix if it isn't the token in use. */
export async function checkTerminal(services: Services, { argument, interactive }: CommandCall) {
  const terminal = findTerminal(argument) ?? vscode.window.activeTerminal;
  if (!terminal) {
    throw refusal('not-found', vscode.l10n.t('No terminal is open. Open one first.'));
  }
  const { terminals, openTerminals, shellQuestions } = services;
  await terminals.update();
  const atStart = await openTerminals.lookAt(terminal);
  const answer = await shellQuestions.ask(terminal, terminals.tokens.key, openTerminals.isRestored(terminal));
  const content = await contentFrom(services, terminal, answer, atStart);
  const isInUse = typeof content === 'object' && sameTerminalToken(content, openTerminals.inUseFor(terminal));
  if (interactive) {
    const finding = isInUse
      ? await praise(terminal, content.token.name)
      : await explain(services, terminal, { content, answer, atStart });
    const caveat =
      'why' in answer &&
      content !== 'unknown' &&
      vscode.l10n.t("Couldn't ask this terminal's shell, so this shows the token that the terminal started with.");
    const text = [caveat, finding.text].filter(Boolean).join(' ');
    void tell(services, { ...finding, text }, isInUse ? 'information' : 'warning');
  }
  if (typeof content === 'string') {
    return { holds: content };
  }
  return { holds: isInUse ? 'in-use' : 'old', name: content.token.name };
}

/** Returns the open terminal that an argument is. VS Code passes it to the commands of a terminal's menu. */
export function findTerminal(argument: unknown): vscode.Terminal | undefined {
  return vscode.window.terminals.find((terminal) => terminal === argument);
}

async function contentFrom(
  services: Services,
  terminal: vscode.Terminal,
  answer: Answer,
  atStart: Content,
): Promise<Content> {
  const { tokens } = services.terminals;
  if ('digest' in answer) {
    return answer.digest === tokens.digest('') ? 'none' : ((await tokens.find(answer.digest)) ?? 'other');
  }
  // A start-up file may have replaced what the process was started with.
  const file = isIntegrated(terminal) ? undefined : await otherStartUpFile(services, terminal);
  return file === undefined ? atStart : 'unknown';
}

/** Says that the terminal has the token in use, and what else sets the variable: it counts once no token is in use. */
async function praise(terminal: vscode.Terminal, name: string): Promise<Finding> {
  const text = vscode.l10n.t('This terminal has the token in use, "{0}".', plain(name));
  const own = 'pty' in terminal.creationOptions ? undefined : terminal.creationOptions.env;
  const isSet = configuredValue().value !== undefined || (own?.[tokenVariable] !== undefined && !isOfToken(own));
  if (isSet) {
    const overridden = vscode.l10n.t(
      "It overrides the {0} in your settings or in the terminal's own options.",
      tokenVariable,
    );
    return { text: `${text} ${overridden}` };
  }
  const file = await startUpFileOf(terminal);
  if (!file) {
    return { text };
  }
  const { text: also, ...button } = explainFile('', file);
  return { text: `${text} ${vscode.l10n.t('A start-up file also sets {0}.', tokenVariable)}${also}`, ...button };
}

interface Check {
  readonly content: Content;
  readonly answer: Answer;
  readonly atStart: Content;
}

async function explain(services: Services, terminal: vscode.Terminal, check: Check): Promise<Finding> {
  const { content, answer, atStart } = check;
  const { openTerminals, terminals } = services;
  if (content === 'unknown') {
    return explainUnknown(terminal, answer);
  }
  if (content === 'none') {
    const expected = openTerminals.tokenFor(terminal);
    return expected
      ? withReopen(
          services,
          terminal,
          vscode.l10n.t('This terminal doesn\'t have a token, although "{0}" is in use.', plain(expected.token.name)),
        )
      : explainNone();
  }
  const text = textOf(content, openTerminals.inUseFor(terminal) !== undefined);
  if (content !== 'other' && sameContent(content, atStart)) {
    return withReopen(services, terminal, text);
  }
  const digestAtStart = await openTerminals.digestAtStart(terminal);
  const digest = 'digest' in answer ? answer.digest : digestAtStart;
  const source = await findSource(terminals.tokens, terminal, digest, digest === digestAtStart);
  return explainSource(services, terminal, text, source);
}

function textOf(content: Exclude<Content, 'none' | 'unknown'>, isAnyInUse: boolean): string {
  if (content !== 'other') {
    return vscode.l10n.t('This terminal has an old token, "{0}".', plain(content.token.name));
  }
  return isAnyInUse
    ? vscode.l10n.t("This terminal's {0} isn't the token in use.", tokenVariable)
    : vscode.l10n.t('No token is in use, but this terminal has a {0}.', tokenVariable);
}

function explainNone(): Finding {
  if (!vscode.workspace.isTrusted) {
    return {
      text: vscode.l10n.t("This terminal has no token, because the workspace isn't trusted."),
      label: vscode.l10n.t('Manage Workspace Trust'),
      run: () => vscode.commands.executeCommand('workbench.trust.manage'),
    };
  }
  if (!settings.terminalEnabled()) {
    return {
      text: vscode.l10n.t(
        'This terminal has no token, because the setting tir.terminal.enabled is off. Turn it on, then open a new terminal.',
      ),
      label: vscode.l10n.t('Open Settings'),
      run: () => vscode.commands.executeCommand('workbench.action.openSettings', 'tir.terminal.enabled'),
    };
  }
  if (settings.chosenTerminalsOnly()) {
    return {
      text: vscode.l10n.t(
        'This terminal has no token, because the setting tir.terminal.scope is "chosen". Open one with "Open Terminal with Token…".',
      ),
      label: vscode.l10n.t('Open Terminal'),
      run: () => vscode.commands.executeCommand('tir.openTerminal'),
    };
  }
  return {
    text: vscode.l10n.t('This terminal has no token, because none is in use. Use one, then open a new terminal.'),
    label: vscode.l10n.t('Use a Token…'),
    run: () => vscode.commands.executeCommand('tir.useToken', fromUi({})),
  };
}

async function explainUnknown(terminal: vscode.Terminal, answer: Answer): Promise<Finding> {
  const why = 'why' in answer ? answer.why : undefined;
  if (why === 'busy') {
    return {
      text: vscode.l10n.t('A program is running in this terminal. Check the terminal again after the program ends.'),
    };
  }
  if (why === 'unsure') {
    return {
      text: vscode.l10n.t('A program may be running in this terminal. Run any command in it, then check it again.'),
    };
  }
  const { name, isIntegrated: canBeAsked } = shellOf(terminal);
  const source = isIntegrated(terminal) ? undefined : await startUpFileOf(terminal);
  if (source) {
    return explainFile(vscode.l10n.t('A start-up file may replace {0}.', tokenVariable), source);
  }
  return why === 'no-integration' && !canBeAsked
    ? {
        text: vscode.l10n.t(
          "Couldn't check this terminal's token: VS Code can't ask {0}. Use bash, zsh, fish or PowerShell.",
          name,
        ),
      }
    : {
        text: vscode.l10n.t(
          "Couldn't check this terminal's token: {0} didn't answer. Open a new terminal and try again.",
          name,
        ),
      };
}
