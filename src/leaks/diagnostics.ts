import * as vscode from 'vscode';

import { Disposable } from '../base/disposable';
import { settings } from '../base/settings';
import { dateText, plain } from '../base/text';
import { findInHistory, mayHaveToken } from './git';
import type { KnownValues } from './knownValues';
import { expiryState, timeOf } from '../tir/times';
import type { Owner, Owners } from '../tokens/owners';
import type { LeakedToken } from './scan';
import type { LeaksInFile } from './workspaceScan';

/** The source that the Problems view shows for leaked tokens. */
export const source = 'TIR Tokens';

/** Facts about a leaked token that its text doesn't show. */
export interface Context {
  readonly owner: Owner | undefined;
  /** Whether no signed-in project lists it. */
  readonly isUnlisted: boolean;
  /** Whether it's in the file's Git history. */
  readonly isCommitted: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Creates a diagnostic that says what the token is and what to do next.
 * @param why the page that explains each code
 */
export function diagnosticOf(leakedToken: LeakedToken, why: vscode.Uri, context: Context): vscode.Diagnostic {
  const message = [titleOf(leakedToken, context), nextStep(leakedToken, context)].join(' ');
  const isOver = isExpired(leakedToken, context);
  const severity = isOver ? vscode.DiagnosticSeverity.Information : vscode.DiagnosticSeverity.Warning;
  const diagnostic = new vscode.Diagnostic(rangeOf(leakedToken), message, severity);
  diagnostic.source = source;
  diagnostic.code = { value: leakedToken.code, target: why };
  return diagnostic;
}

export function rangeOf({ line, start, end }: LeakedToken): vscode.Range {
  return new vscode.Range(line, start, line, end);
}

/** Whether an API key ends with its token isn't documented. */
function isExpired({ expires, isApiKey }: LeakedToken, { owner, now }: Context): boolean {
  if (isApiKey) {
    return false;
  }
  return (expires !== undefined && expires <= now) || (owner !== undefined && expiryState(owner, now, 0) === 'expired');
}

function titleOf({ code, known, isApiKey }: LeakedToken, { owner, isUnlisted }: Context): string {
  if (owner) {
    const [name, project] = [plain(owner.name), plain(owner.project)];
    const time = timeOf(owner.created);
    if (time === undefined) {
      return owner.isApiKey || known?.isApiKey
        ? vscode.l10n.t('This is the API key of your token "{0}" in {1}.', name, project)
        : vscode.l10n.t('This is your token "{0}" in {1}.', name, project);
    }
    const created = dateText(time);
    return owner.isApiKey || known?.isApiKey
      ? vscode.l10n.t('This is the API key of your token "{0}" in {1}, created {2}.', name, project, created)
      : vscode.l10n.t('This is your token "{0}" in {1}, created {2}.', name, project, created);
  }
  if (known?.token) {
    const name = plain(known.token.name);
    return known.isApiKey
      ? vscode.l10n.t('This is the API key of your token "{0}".', name)
      : vscode.l10n.t('This is your token "{0}".', name);
  }
  if (known) {
    return known.isApiKey
      ? vscode.l10n.t('This is the API key that you signed in with.')
      : vscode.l10n.t('This is the token that you signed in with.');
  }
  if (code === 'platform-token') {
    return isUnlisted
      ? vscode.l10n.t("This TIR token isn't in your lists: it may be new, deleted or another person's.")
      : vscode.l10n.t('This is a TIR token.');
  }
  return isApiKey ? vscode.l10n.t('This looks like a TIR API key.') : vscode.l10n.t('This looks like a TIR token.');
}

function nextStep(leakedToken: LeakedToken, context: Context): string {
  if (isExpired(leakedToken, context)) {
    return vscode.l10n.t("It has expired, so it can't be used.");
  }
  if (context.isUnlisted && leakedToken.code === 'platform-token') {
    return vscode.l10n.t('To rotate or delete it, sign in to its project.');
  }
  if (context.isCommitted) {
    return vscode.l10n.t("It's in this file's Git history, so rotate or delete it.");
  }
  return vscode.l10n.t('Anyone who gets this file can use it.');
}

/** Most matches to show for a file. More would take long to show, and say nothing new. */
const mostShown = 250;

/** Keeps each file's matches, and shows them as diagnostics. */
export class ShownLeaks extends Disposable {
  readonly #diagnostics = this.register(vscode.languages.createDiagnosticCollection('tir'));
  /** Matches in open documents and from the last workspace scan, by URI. */
  readonly #found = new Map<string, LeaksInFile>();
  /** The last drawing of each file, by URI. */
  readonly #turns = new Map<string, symbol>();
  /** Whether a credential is in its file's Git history, by URI and fingerprint. */
  readonly #committed = new Map<string, Map<string, boolean>>();

  constructor(
    private readonly known: () => KnownValues,
    private readonly owners: Owners,
    /** Whether a person has the file open. */
    private readonly isOpen: (uri: vscode.Uri) => boolean,
    private readonly log: vscode.LogOutputChannel,
    /** The page that explains each code. */
    private readonly explanationPage: vscode.Uri,
  ) {
    super();
  }

  all(): LeaksInFile[] {
    return [...this.#found.values()];
  }

  /** Returns the leaked token that is shown at a place, if it's still there. */
  leakAt(document: vscode.TextDocument, place: vscode.Position): LeakedToken | undefined {
    const { leakedTokens = [] } = this.#found.get(document.uri.toString()) ?? {};
    const shown = this.#diagnostics.get(document.uri) ?? [];
    const isShown = (range: vscode.Range) => shown.some((one) => one.range.isEqual(range));
    const leakedToken = leakedTokens.find((one) => rangeOf(one).contains(place) && isShown(rangeOf(one)));
    const text = leakedToken && document.getText(rangeOf(leakedToken));
    return text !== undefined && this.known().fingerprint(text) === leakedToken?.fingerprint ? leakedToken : undefined;
  }

  set(uri: vscode.Uri, leakedTokens: readonly LeakedToken[]): void {
    const key = uri.toString();
    const before = this.#found.get(key)?.leakedTokens ?? [];
    if (leakedTokens.length === 0) {
      this.forget(key);
      return;
    }
    this.#found.set(key, { uri, leakedTokens });
    const told = new Set(before.map(({ fingerprint }) => fingerprint));
    const isNew = ({ fingerprint }: LeakedToken) => !told.has(fingerprint) && told.add(fingerprint);
    this.logAll([{ uri, leakedTokens: leakedTokens.filter(isNew) }], 'found');
    void this.#show(uri, leakedTokens);
  }

  forget(key: string): void {
    const found = this.#found.get(key);
    if (found) {
      this.#found.delete(key);
      this.#committed.delete(key);
      this.#turns.delete(key);
      this.#diagnostics.delete(found.uri);
    }
  }

  /** Forgets which values are committed. Call this after a repository's history changed. */
  forgetHistory(): void {
    this.#committed.clear();
  }

  /** Shows everything again, after a setting or Git's answers about the files changed. */
  showAll(): void {
    for (const { uri, leakedTokens } of this.#found.values()) {
      void this.#show(uri, leakedTokens);
    }
  }

  /** Returns the diagnostics to show for leaked tokens. */
  async describe(
    leakedTokens: readonly LeakedToken[],
    isCommitted: (leakedToken: LeakedToken) => boolean = () => false,
  ): Promise<vscode.Diagnostic[]> {
    const [owners, now] = [await this.owners.now(), Date.now()];
    return leakedTokens.map((leakedToken) => {
      const all = owners.of(leakedToken.fingerprint, leakedToken.known?.token);
      const owner = all.length === 1 ? all[0] : undefined;
      const isUnlisted = all.length === 0 && !leakedToken.known && owners.areComplete;
      const context = { owner, isUnlisted, isCommitted: isCommitted(leakedToken), now };
      return diagnosticOf(leakedToken, this.explanationPage, context);
    });
  }

  async #show(uri: vscode.Uri, leakedTokens: readonly LeakedToken[]): Promise<void> {
    const key = uri.toString();
    const isCurrent = () => this.#found.get(key)?.leakedTokens === leakedTokens;
    const leaks = (await mayHaveToken(uri)) ? [] : leakedTokens.filter(isReported).slice(0, mostShown);
    if (!isCurrent()) {
      return;
    }
    const history = this.#committed.get(key) ?? new Map<string, boolean>();
    const draw = async () => {
      const turn = Symbol();
      this.#turns.set(key, turn);
      const isCommitted = ({ fingerprint }: LeakedToken) => history.get(fingerprint) === true;
      const shown = await this.describe(leaks, isCommitted);
      // After a list changed meanwhile, this one could end after a newer one.
      if (isCurrent() && this.#turns.get(key) === turn) {
        this.#diagnostics.set(uri, shown);
      }
    };
    await draw();
    const unknown = new Set(leaks.map(({ fingerprint }) => fingerprint).filter((one) => !history.has(one)));
    // For files that only the Problems view shows, Git isn't asked until they're opened.
    if (unknown.size > 0 && this.isOpen(uri)) {
      const there = await findInHistory(uri, unknown, this.known());
      unknown.forEach((fingerprint) => history.set(fingerprint, there.has(fingerprint)));
      if (isCurrent()) {
        this.#committed.set(key, history);
        await draw();
      }
    }
  }

  /** Logs only the file, the line and the code. */
  logAll(files: readonly LeaksInFile[], what: 'found' | 'staged'): void {
    for (const { uri, leakedTokens } of files) {
      for (const { line, code } of leakedTokens.filter(isReported)) {
        this.log.warn(`Leaked token ${what}: ${vscode.workspace.asRelativePath(uri)}:${line + 1} (${code})`);
      }
    }
  }
}

/** Returns whether the settings don't ignore the match's code. A stored value is a token for certain. */
export function isReported({ code }: LeakedToken): boolean {
  return code === 'stored-value' || !settings.ignoredLeaks().includes(code);
}
