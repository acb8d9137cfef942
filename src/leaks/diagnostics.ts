import * as vscode from 'vscode';

import { Disposable } from '../base/disposable';
import { plain } from '../base/sentences';
import { settings } from '../base/settings';
import { committed, type Git } from './git';
import type { KnownValues } from './known';
import { isEnvFile } from './languages';
import type { LeakedToken } from './scan';
import type { LeaksInFile } from './workspaceScan';

/** Under this name findings are listed in the Problems view. */
export const source = 'TIR Tokens';

/** @param why the page that says of each code what it means @param isCommitted whether it is in the file's git history */
export function diagnosticOf(finding: LeakedToken, why: vscode.Uri, isCommitted: boolean): vscode.Diagnostic {
  const message = [titleOf(finding), nextStep(finding, isCommitted)].join(' ');
  const diagnostic = new vscode.Diagnostic(rangeOf(finding), message, vscode.DiagnosticSeverity.Warning);
  diagnostic.source = source;
  diagnostic.code = { value: finding.code, target: why };
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

/** What was found, by file, and the diagnostics that show it. */
export class ShownLeaks extends Disposable {
  readonly #diagnostics = this.register(vscode.languages.createDiagnosticCollection('tir'));
  /** By address: of a document that is open, or of a file when the workspace was looked through. */
  readonly #found = new Map<string, LeaksInFile>();
  /** Of a file's credentials, which are in its git history and which are not. */
  readonly #committed = new Map<string, Map<string, boolean>>();
  /** Tells what is in the history, where there is git. */
  git: Git | undefined;

  constructor(
    private readonly known: () => KnownValues,
    private readonly log: vscode.LogOutputChannel,
    /** The page that says what each code means. */
    private readonly why: vscode.Uri,
  ) {
    super();
  }

  all(): LeaksInFile[] {
    return [...this.#found.values()];
  }

  /** What a diagnostic is of. */
  leakAt(uri: vscode.Uri, { start }: vscode.Range): LeakedToken | undefined {
    const { findings = [] } = this.#found.get(uri.toString()) ?? {};
    return findings.find((finding) => finding.line === start.line && finding.start === start.character);
  }

  set(uri: vscode.Uri, findings: readonly LeakedToken[]): void {
    const key = uri.toString();
    const before = this.#found.get(key)?.findings ?? [];
    if (findings.length === 0) {
      this.forget(key);
      return;
    }
    // Of a `.env` it is asked anew whether git ignores it.
    if (!isEnvFile(uri.path) && JSON.stringify(findings) === JSON.stringify(before)) {
      return;
    }
    this.#found.set(key, { uri, findings });
    const told = new Set(before.map(({ fingerprint }) => fingerprint));
    this.logAll([{ uri, findings: findings.filter(({ fingerprint }) => !told.has(fingerprint)) }], 'found');
    void this.#show(uri, findings);
  }

  forget(key: string): void {
    const found = this.#found.get(key);
    if (found) {
      this.#found.delete(key);
      this.#committed.delete(key);
      this.#diagnostics.delete(found.uri);
    }
  }

  /** What is committed has changed. */
  forgetHistory(): void {
    this.#committed.clear();
  }

  /** Anew: a setting, or what git says of the files, is another. */
  showAll(): void {
    for (const { uri, findings } of this.#found.values()) {
      void this.#show(uri, findings);
    }
  }

  async #show(uri: vscode.Uri, findings: readonly LeakedToken[]): Promise<void> {
    const key = uri.toString();
    const isCurrent = () => this.#found.get(key)?.findings === findings;
    const isMeant = isEnvFile(uri.path) && (await this.#isIgnored(uri));
    const leaks = isMeant ? [] : findings.filter(isLeak);
    if (!isCurrent()) {
      return;
    }
    const history = this.#committed.get(key) ?? new Map<string, boolean>();
    const draw = () => {
      const isCommitted = ({ fingerprint }: LeakedToken) => history.get(fingerprint) === true;
      this.#diagnostics.set(
        uri,
        leaks.map((leak) => diagnosticOf(leak, this.why, isCommitted(leak))),
      );
    };
    draw();
    const unknown = new Set(leaks.map(({ fingerprint }) => fingerprint).filter((one) => !history.has(one)));
    const repository = this.git?.getRepository(uri);
    if (repository && unknown.size > 0) {
      const there = await committed(repository, uri, unknown, this.known());
      unknown.forEach((fingerprint) => history.set(fingerprint, there.has(fingerprint)));
      if (isCurrent()) {
        this.#committed.set(key, history);
        draw();
      }
    }
  }

  /** A `.env` that git ignores is where a value may be. */
  async #isIgnored(uri: vscode.Uri): Promise<boolean> {
    const ignored = this.git?.getRepository(uri)?.checkIgnore([uri.fsPath]);
    return ((await ignored?.catch(() => undefined))?.size ?? 0) > 0;
  }

  /** The file and the line alone. */
  logAll(files: readonly LeaksInFile[], what: 'found' | 'staged'): void {
    for (const { uri, findings } of files) {
      for (const { line, code } of findings.filter(isLeak)) {
        this.log.warn(`Leak ${what}: ${vscode.workspace.asRelativePath(uri)}:${line + 1} (${code})`);
      }
    }
  }
}

/** Whether it is not of a pattern that the person has switched off. */
export function isLeak({ code }: LeakedToken): boolean {
  return !settings.ignoredLeaks().includes(code);
}
