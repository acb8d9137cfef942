import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

import * as vscode from 'vscode';

import { refusal } from '../base/errors';
import { keyedHash, Secret } from '../base/secret';
import { plain } from '../base/text';
import { envFile, removeFromEnvFile } from '../export/envFile';
import { readVariables } from '../export/envText';
import { isOfTir, type Pasted, readMyAccountFile, readPasted } from '../tir/pasted';
import { isJwt } from '../tir/pastedText';
import { expiryState, readTimes } from '../tir/times';

/** Where a token is in plain text. */
export type Source =
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'env' | 'file'; readonly file: string };

/** A token that was found on this machine. */
export interface Found {
  /** Where it was found; no part of its value. */
  readonly label: string;
  readonly detail: string;
  readonly pasted: Pasted;
  readonly source: Source;
}

/** Variables of TIR's clients that hold a token. Other names may hold the token of another vendor. */
const tokenVariables = [
  'TIR_API_TOKEN',
  'E2E_TIR_ACCESS_TOKEN',
  'E2E_AUTH_TOKEN',
  'E2E_API_TOKEN',
  'E2E_TOKEN',
  // These have the token in inference code, and another service's key elsewhere.
  'E2E_API_KEY',
  'E2E_NETWORKS_API_KEY',
  'OPENAI_API_KEY',
  'LITELLM_API_KEY',
];

/** Variables that say what belongs to the token. */
const otherVariables = [
  'E2E_TIR_API_KEY',
  'E2E_API_KEY',
  'E2E_TIR_PROJECT_ID',
  'E2E_PROJECT_ID',
  'E2E_TIR_LOCATION',
  'E2E_LOCATION',
  'E2E_TIR_TEAM_ID',
];

/** Bytes. A larger file isn't one that TIR's clients write. */
export const longestFile = 100_000;

/**
 * Finds tokens where TIR's clients keep them: in the environment of VS Code, in `.env` files of the workspace, and in
 * e2ectl's file. Finds none in a workspace that isn't trusted: its files may contain someone else's token. Leaves out
 * expired ones. Each search also updates the button of the view's welcome text, whose token may be gone by now.
 */
export async function findTokens(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  home = homedir(),
): Promise<Found[]> {
  const found = await searchPlaces(environment, home);
  await vscode.commands.executeCommand('setContext', 'tir.foundToken', found[0]?.source.kind);
  return found;
}

async function searchPlaces(environment: Readonly<Record<string, string | undefined>>, home: string): Promise<Found[]> {
  if (!vscode.workspace.isTrusted) {
    return [];
  }
  const found: Found[] = [];
  const ofEnvironment = readTokenOf(new Map(Object.entries(environment)));
  if (ofEnvironment) {
    const { variable, pasted } = ofEnvironment;
    const label = vscode.l10n.t("VS Code's environment");
    found.push({ label, detail: variable, pasted, source: { kind: 'environment', variable } });
  }
  const folders = vscode.workspace.workspaceFolders ?? [];
  for (const { name, uri } of folders.filter((folder) => folder.uri.scheme === 'file')) {
    const file = join(uri.fsPath, envFile);
    const ofFile = readTokenOf(readVariables(await readSmallFile(file)));
    if (ofFile) {
      const label = vscode.l10n.t('.env in {0}', plain(name));
      found.push({ label, detail: ofFile.variable, pasted: ofFile.pasted, source: { kind: 'env', file } });
    }
  }
  const config = join(home, '.e2e', 'config.json');
  for (const { alias, pasted } of readMyAccountFile(await readSmallFile(config)) ?? []) {
    if (!isExpired(pasted.token)) {
      found.push({ label: '~/.e2e/config.json', detail: alias, pasted, source: { kind: 'file', file: config } });
    }
  }
  return found;
}

/** Checks if a token says itself that it has expired. */
function isExpired(token: string): boolean {
  return expiryState(readTimes(new Secret(token), undefined, undefined), Date.now(), 0) === 'expired';
}

/** Reads a file if it's one that TIR's clients write: a small one. Others could take long, or never end. */
async function readSmallFile(file: string): Promise<string> {
  try {
    const { size, isFile } = await stat(file).then((found) => ({ size: found.size, isFile: found.isFile() }));
    return isFile && size <= longestFile ? await readFile(file, 'latin1') : '';
  } catch {
    return '';
  }
}

function readTokenOf(
  variables: ReadonlyMap<string, string | undefined>,
): { variable: string; pasted: Pasted } | undefined {
  const present = (names: readonly string[]) => names.filter((name) => variables.get(name));
  for (const variable of present(tokenVariables)) {
    // E2E_API_KEY may hold another token.
    const isBeside = (name: string) => name !== variable && !variables.get(name)?.startsWith('eyJ');
    const names = [variable, ...present(otherVariables).filter(isBeside)];
    try {
      const pasted = readPasted(names.map((name) => `${name}="${variables.get(name) ?? ''}"`).join('\n'));
      // Elsewhere, "E2E" means end-to-end tests, and other names have keys of any service.
      const isCertain = variable.startsWith('E2E') ? isJwt(pasted.token) : isOfTir(pasted.token);
      if ((variable.includes('TIR') || isCertain) && !isExpired(pasted.token)) {
        return { variable, pasted };
      }
    } catch {
      // Not a token of TIR, or a reference to another variable.
    }
  }
  return undefined;
}

/** Returns a function that recognizes a token in a `.env` file, without holding its value. */
export function valueMatcher(token: string): (value: string) => boolean {
  const hash = keyedHash();
  const own = hash(token);
  return (value) => hash(value.replace(/^\s*bearer\s+/i, '').trim()) === own;
}

/** Says where the token that just signed in is in plain text, and offers to remove it from a `.env` file. */
export async function tellOfPlainCopy(source: Source, isToken: (value: string) => boolean): Promise<void> {
  if (source.kind === 'environment') {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        "The token is also in plain text where {0} is set, such as your shell's start-up file. Remove it there.",
        source.variable,
      ),
    );
    return;
  }
  const file = plain(vscode.workspace.asRelativePath(vscode.Uri.file(source.file)));
  const remove = vscode.l10n.t('Remove from .env');
  const message = vscode.l10n.t('The token is also in plain text in {0}.', file);
  const answer = await vscode.window.showInformationMessage(message, ...(source.kind === 'env' ? [remove] : []));
  if (answer === remove) {
    const names = await removeFromEnvFile(source.file, isToken);
    if (names.length === 0) {
      throw refusal('not-found', vscode.l10n.t("Couldn't find the token in {0}. Remove it there yourself.", file));
    }
    vscode.window.setStatusBarMessage(vscode.l10n.t('Removed {0} from {1}.', names.join(', '), file), 5000);
  }
}
