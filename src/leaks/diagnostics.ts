import * as vscode from 'vscode';

import { Disposable } from '../base/disposable';
import { settings } from '../base/settings';
import { plain } from '../base/text';
import { findInHistory, type Git } from './git';
import type { KnownValues } from './knownValues';
import { isEnvFile } from './languages';
import type { LeakedToken } from './scan';
import type { LeaksInFile } from './workspaceScan';

/** The source that the Problems view shows for leaked tokens. */
export const source = 'TIR Tokens';

/**
 * Creates a diagnostic that says what the token is and what to do next.
 * @param why the page that explains each code
 * @param isCommitted whether the token is in the file's Git history
 */
export function diagnosticOf(leakedToken: LeakedToken, why: vscode.Uri, isCommitted: boolean): vscode.Diagnostic {
  const message = [titleOf(leakedToken), nextStep(leakedToken, isCommitted)].join(' ');
  const diagnostic = new vscode.Diagnostic(rangeOf(leakedToken), message, vscode.DiagnosticSeverity.Warning);
  diagnostic.source = source;
  diagnostic.code = { value: leakedToken.code, target: why };
  return diagnostic;
}

export function rangeOf({ line, start, end }: LeakedToken): vscode.Range {
  return new vscode.Range(line, start, line, end);
}

function titleOf({ code, known, isApiKey }: LeakedToken): string {
  if (known?.token) {
    const name = plain(known.token.name);
    return known.isApiKey
      ? vscode.l10n.t('This is the API key of your token "{0}".', name)
      : vscode.l10n.t('This is the value of your token "{0}".', name);
  }
  if (known) {
    return known.isApiKey
      ? vscode.l10n.t('This is the API key that you signed in with.')
      : vscode.l10n.t('This is the token that you signed in with.');
  }
  if (code === 'platform-token') {
    return vscode.l10n.t('This is a token of the TIR platform.');
  }
  return isApiKey
    ? vscode.l10n.t('This looks like an API key of TIR.')
    : vscode.l10n.t('This looks like a token of TIR.');
}

function nextStep({ known }: LeakedToken, isCommitted: boolean): string {
  if (isCommitted) {
    return known
      ? vscode.l10n.t('It is in the git history of this file, and taking it out here does not change that: revoke it.')
      : vscode.l10n.t(
          'It is in the git history of this file, and taking it out here does not change that: revoking it on TIR is the only cure.',
        );
  }
  return vscode.l10n.t('Whoever has this file can act with it: read it from the environment instead.');
}

/** Keeps each file's matches, and shows them as diagnostics. */
export class ShownLeaks extends Disposable {
  readonly #diagnostics = this.register(vscode.languages.createDiagnosticCollection('tir'));
  /** Matches in open documents and from the last workspace scan, by URI. */
  readonly #found = new Map<string, LeaksInFile>();
  /** Whether a credential is in its file's Git history, by URI and fingerprint. */
  readonly #committed = new Map<string, Map<string, boolean>>();
  /** Reads the Git history. Undefined if there's no Git. */
  git: Git | undefined;

  constructor(
    private readonly known: () => KnownValues,
    private readonly log: vscode.LogOutputChannel,
    /** The page that explains each code. */
    private readonly explanationPage: vscode.Uri,
  ) {
    super();
  }

  all(): LeaksInFile[] {
    return [...this.#found.values()];
  }

  /** Returns the leaked token that the diagnostic with this range shows. */
  leakAt(uri: vscode.Uri, { start }: vscode.Range): LeakedToken | undefined {
    const { leakedTokens = [] } = this.#found.get(uri.toString()) ?? {};
    return leakedTokens.find((leakedToken) => leakedToken.line === start.line && leakedToken.start === start.character);
  }

  set(uri: vscode.Uri, leakedTokens: readonly LeakedToken[]): void {
    const key = uri.toString();
    const before = this.#found.get(key)?.leakedTokens ?? [];
    if (leakedTokens.length === 0) {
      this.forget(key);
      return;
    }
    // A `.env` file is always shown again, since Git may ignore it by now.
    if (!isEnvFile(uri.path) && JSON.stringify(leakedTokens) === JSON.stringify(before)) {
      return;
    }
    this.#found.set(key, { uri, leakedTokens });
    const told = new Set(before.map(({ fingerprint }) => fingerprint));
    this.logAll([{ uri, leakedTokens: leakedTokens.filter(({ fingerprint }) => !told.has(fingerprint)) }], 'found');
    void this.#show(uri, leakedTokens);
  }

  forget(key: string): void {
    const found = this.#found.get(key);
    if (found) {
      this.#found.delete(key);
      this.#committed.delete(key);
      this.#diagnostics.delete(found.uri);
    }
  }

  /** Forgets what is committed, after that changed. */
  forgetHistory(): void {
    this.#committed.clear();
  }

  /** Shows everything again, after a setting or Git's answers about the files changed. */
  showAll(): void {
    for (const { uri, leakedTokens } of this.#found.values()) {
      void this.#show(uri, leakedTokens);
    }
  }

  async #show(uri: vscode.Uri, leakedTokens: readonly LeakedToken[]): Promise<void> {
    const key = uri.toString();
    const isCurrent = () => this.#found.get(key)?.leakedTokens === leakedTokens;
    const isMeant = isEnvFile(uri.path) && (await this.#isIgnored(uri));
    const leaks = isMeant ? [] : leakedTokens.filter(isReported);
    if (!isCurrent()) {
      return;
    }
    const history = this.#committed.get(key) ?? new Map<string, boolean>();
    const draw = () => {
      const isCommitted = ({ fingerprint }: LeakedToken) => history.get(fingerprint) === true;
      this.#diagnostics.set(
        uri,
        leaks.map((leak) => diagnosticOf(leak, this.explanationPage, isCommitted(leak))),
      );
    };
    draw();
    const unknown = new Set(leaks.map(({ fingerprint }) => fingerprint).filter((one) => !history.has(one)));
    const repository = this.git?.getRepository(uri);
    if (repository && unknown.size > 0) {
      const there = await findInHistory(repository, uri, unknown, this.known());
      unknown.forEach((fingerprint) => history.set(fingerprint, there.has(fingerprint)));
      if (isCurrent()) {
        this.#committed.set(key, history);
        draw();
      }
    }
  }

  /** Returns whether Git ignores the file: a `.env` file that it ignores may have a token in it. */
  async #isIgnored(uri: vscode.Uri): Promise<boolean> {
    const ignored = this.git?.getRepository(uri)?.checkIgnore([uri.fsPath]);
    return ((await ignored?.catch(() => undefined))?.size ?? 0) > 0;
  }

  /** Logs only the file, the line and the code. */
  logAll(files: readonly LeaksInFile[], what: 'found' | 'staged'): void {
    for (const { uri, leakedTokens } of files) {
      for (const { line, code } of leakedTokens.filter(isReported)) {
        this.log.warn(`Leak ${what}: ${vscode.workspace.asRelativePath(uri)}:${line + 1} (${code})`);
      }
    }
  }
}

/** Returns whether the settings don't ignore the match's code. */
export function isReported({ code }: LeakedToken): boolean {
  return !settings.ignoredLeaks().includes(code);
}
