import { arch, platform, release } from 'node:os';
import { parse } from 'node:path';

import * as vscode from 'vscode';

import { codeOf, toTirError } from '../base/errors';
import { settings } from '../base/settings';
import { tokenKey } from '../secrets/records';
import type { CommandCall, Services } from '../services';
import { isLoopback } from '../tir/client';
import { expiryState } from '../tir/times';

/*
 * A bug report is public. So the text holds numbers, codes and words from the lists below, and nothing else: no name,
 * path or address, whatever a person, TIR, VS Code or a settings file calls something.
 */

const appNames = [
  'Visual Studio Code',
  'Visual Studio Code - Insiders',
  'Code - OSS',
  'VSCodium',
  'Cursor',
  'Windsurf',
];
const appHosts = ['desktop', 'web', 'server-distro', 'codespaces', 'github.dev', 'vscode.dev'];
/** In a browser, VS Code gives the server's host name for one that it doesn't know. */
const remotes = ['ssh-remote', 'wsl', 'dev-container', 'attached-container', 'codespaces', 'tunnel', 'k8s-container'];
const shells = ['bash', 'zsh', 'fish', 'sh', 'dash', 'ksh', 'tcsh', 'csh', 'nu', 'xonsh', 'pwsh', 'powershell', 'cmd'];

const lastProblems = 10;

/** Copies a text for a bug report. It's in English in any language: those who read the report may know no other. */
export async function copyDiagnostics(services: Services, { interactive }: CommandCall) {
  const lines = await diagnostics(services);
  const text = `${lines.join('\n')}\n`;
  await vscode.env.clipboard.writeText(text);
  if (interactive) {
    void offerToShow(text);
  }
  return { lines: lines.length };
}

async function offerToShow(text: string): Promise<void> {
  const show = vscode.l10n.t('Show');
  const message = vscode.l10n.t('Copied diagnostics to the clipboard. They contain no token, name or address.');
  if ((await vscode.window.showInformationMessage(message, show)) === show) {
    const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: text });
    await vscode.window.showTextDocument(document);
  }
}

async function diagnostics(services: Services): Promise<string[]> {
  return [
    '### TIR Tokens diagnostics',
    '',
    ...versions(),
    ...windowState(services),
    ...(await storageState(services)),
    '',
    '#### Settings that differ from their defaults',
    '',
    ...orNone(changedSettings()),
    '',
    '#### Last problems',
    '',
    ...orNone(await problems(services)),
  ];
}

function versions(): string[] {
  const { env } = vscode;
  const shell = parse(env.shell.replaceAll('\\', '/')).name.toLowerCase();
  return [
    `- Extension: ${versionOf(manifest().version)}`,
    `- VS Code: ${versionOf(vscode.version)}, ${known(appNames, env.appName)}`,
    `- App host: ${known(appHosts, env.appHost)}, UI: ${env.uiKind === vscode.UIKind.Web ? 'web' : 'desktop'}`,
    `- Remote: ${env.remoteName === undefined ? 'none' : known(remotes, env.remoteName)}`,
    `- System: ${platform()} ${versionOf(release())}, ${arch()}, Node ${versionOf(process.version)}`,
    `- Shell: ${env.shell === '' ? 'unknown' : known(shells, shell)}`,
  ];
}

function windowState({ openTerminals }: Services): string[] {
  const { isTrusted, workspaceFolders = [] } = vscode.workspace;
  const { length: open } = vscode.window.terminals;
  return [
    `- Workspace: ${isTrusted ? 'trusted' : 'not trusted'}, folders: ${workspaceFolders.length}`,
    `- Terminals: ${open} open, ${openTerminals.withOldToken().length} with an old token`,
  ];
}

async function storageState({ store, lists, lasting, now }: Services): Promise<string[]> {
  const lasts = lasting.isDoubtful ? 'lost values at a restart before' : 'lasting, as far as known';
  try {
    const [{ readable, unreadable }, uses, stored, rotations] = await Promise.all([
      store.allConnections(),
      store.uses(),
      store.storedKeys(),
      store.rotations(),
    ]);
    const listed = readable.flatMap(({ id }) =>
      lists.current(id).tokens.map((token) => ({ ...token, connectionId: id })),
    );
    const soon = listed.filter((token) => expiryState(token, now(), settings.warnBeforeDays()) !== 'valid');
    const known = listed.filter((token) => stored.has(tokenKey(token)));
    return [
      `- Secret storage: readable, ${lasts}`,
      `- Projects: ${readable.length}, and ${unreadable.length} whose records can't be read`,
      `- Tokens: ${listed.length} listed, ${stored.size} stored (${known.length} of them listed)`,
      `- Tokens in use: ${uses.filter(({ folder }) => folder === undefined).length} in all terminals, ${uses.filter(({ folder }) => folder !== undefined).length} in folders`,
      `- Tokens that expire soon or have expired: ${soon.length}`,
      `- Rotations in progress: ${rotations.length}`,
      ...readable.map(({ id }, at) => `- List of project ${at + 1}: ${listState(lists.current(id), now())}`),
    ];
  } catch (error) {
    return [`- Secret storage: ${toTirError(error).code}, ${lasts}`];
  }
}

function listState({ tokens, at, error, loading }: ReturnType<Services['lists']['current']>, now: number): string {
  const age = at === undefined ? 'never loaded' : `loaded ${Math.round((now - at) / 1000)} s ago`;
  const state = loading ? 'loading' : (error?.code ?? (at === undefined ? 'unknown' : 'ok'));
  return `${state}${error?.details.status === undefined ? '' : ` (HTTP ${error.details.status})`}, ${age}, ${tokens.length} tokens`;
}

interface Property {
  readonly type: string;
  readonly default: unknown;
  readonly enum?: readonly unknown[];
}

interface Manifest {
  readonly version: string;
  readonly contributes: { readonly configuration: { readonly properties: Readonly<Record<string, Property>> } };
}

function manifest(): Manifest {
  return vscode.extensions.getExtension('tir-community.tir-tokens')?.packageJSON as Manifest;
}

function changedSettings(): string[] {
  return Object.entries(manifest().contributes.configuration.properties).flatMap(([name, property]) => {
    const value = vscode.workspace.getConfiguration().get<unknown>(name);
    const isDefault = JSON.stringify(value) === JSON.stringify(property.default);
    return isDefault ? [] : [`- \`${name}\`: ${settingText(name, property, value)}`];
  });
}

function settingText(name: string, { type, enum: words }: Property, value: unknown): string {
  if (name === 'tir.apiUrl') {
    return kindOfUrl(value);
  }
  if (Array.isArray(value)) {
    return `entries: ${value.length}`;
  }
  if (typeof value === type && (typeof value === 'boolean' || typeof value === 'number')) {
    return String(value);
  }
  return words?.includes(value) ? String(value) : 'not a value of this setting';
}

function kindOfUrl(value: unknown): string {
  if (typeof value !== 'string' || !URL.canParse(value)) {
    return 'not a URL';
  }
  const url = new URL(value);
  const { protocol, hostname } = url;
  const isTir = /(?:^|\.)e2enetworks\.(?:com|net)$/.test(hostname);
  const scheme = ['http:', 'https:'].includes(protocol) ? protocol.slice(0, -1) : 'another scheme';
  return `${isTir ? "another URL on TIR's host" : isLoopback(url) ? 'a loopback host' : 'another host'}, ${scheme}`;
}

/** Returns the failures of the activity log, the latest last: what was tried, how it failed, and how long ago. */
async function problems({ activity, now }: Services): Promise<string[]> {
  try {
    const failed = (await activity.activityLog.read()).filter(
      ({ action, outcome }) => outcome !== 'ok' || action === 'refused',
    );
    return failed.slice(-lastProblems).map(({ time, action, outcome }) => {
      const minutes = Math.round((now() - Date.parse(time)) / 60_000);
      return `- ${action}: ${outcome}, ${minutes} min ago`;
    });
  } catch (error) {
    return [`- The activity log can't be read: ${codeOf(error)}`];
  }
}

function orNone(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? ['None.'] : lines;
}

function known(words: readonly string[], word: string): string {
  return words.includes(word) ? word : 'other';
}

/** Returns the numbers of a version. A fork's version or a kernel's release may end with a company's name. */
function versionOf(text: string): string {
  return /\d+(?:\.\d+)*/.exec(text)?.[0] ?? 'unknown';
}
