import { l10n } from 'vscode';

import type { Credentials } from '../base/secret';
import type { Connection } from '../secrets/records';

export const tokenVariable = 'TIR_API_TOKEN';

/** Names that the TIR Python SDK reads after `tir.init()`. Its calls raise an error if the location is not set. */
export const sdk = {
  token: 'E2E_TIR_ACCESS_TOKEN',
  apiKey: 'E2E_TIR_API_KEY',
  projectId: 'E2E_TIR_PROJECT_ID',
  location: 'E2E_TIR_LOCATION',
};

/** Returns the name of the variable that programs read a token or an API key from. */
export function variableFor({ isApiKey }: { readonly isApiKey: boolean }): string {
  return isApiKey ? sdk.apiKey : tokenVariable;
}

/**
 * Returns the variables, by name, that a token in use sets in terminals, tasks, debug sessions and `.env` files.
 * @param connection the token's project; undefined if signed out of it
 * @param sdkVariables whether to set the SDK's variables too
 */
export function variablesOf(
  { token, apiKey }: Credentials,
  connection: Connection | undefined,
  sdkVariables: boolean,
): Map<string, string> {
  const value = token.reveal();
  const variables = new Map([tokenVariable, ...(connection?.variables ?? [])].map((name) => [name, value]));
  if (sdkVariables) {
    variables.set(sdk.token, value);
    if (apiKey) {
      variables.set(sdk.apiKey, apiKey.reveal());
    }
    if (connection) {
      variables.set(sdk.projectId, String(connection.projectId));
      variables.set(sdk.location, connection.location);
    }
  }
  return variables;
}

/**
 * Returns a test for variables of a file that belong to the token that `next` replaces, and would fail beside the new
 * one. It covers only names that this extension may have written, with the value of the file's former token.
 * @param present the file's variables
 * @param names extra names of all projects
 */
export function ofOtherToken(
  present: ReadonlyMap<string, string>,
  next: ReadonlyMap<string, string>,
  names: readonly string[],
): (name: string, value: string) => boolean {
  const own = next.get(tokenVariable);
  const isOther = (value: string | undefined) => value !== undefined && value !== '' && value !== own;
  const before = present.get(tokenVariable);
  const ofSdk = present.get(sdk.token) ?? before;
  const isSdkOfOther = isOther(ofSdk) && (next.has(sdk.token) || ofSdk === before);
  const known: readonly string[] = [...names, ...suggestedNames];
  const sdkNames: readonly string[] = Object.values(sdk);
  return (name, value) =>
    !next.has(name) &&
    (sdkNames.includes(name) ? isSdkOfOther : isOther(before) && value === before && known.includes(name));
}

/** Extra names to suggest: public code reads a token from them. */
export const suggestedNames = [
  'OPENAI_API_KEY',
  'E2E_API_KEY',
  'E2E_AUTH_TOKEN',
  'E2E_API_TOKEN',
  'LITELLM_API_KEY',
] as const;

/** Number of extra names that a project can have. */
const mostNames = 20;

/** In characters. */
const longestName = 100;

/**
 * Variables that control shells, loaders, runtimes and tools, in capitals. With a token as their value, programs would
 * break, run it, or send it somewhere.
 */
const controlVariables: ReadonlySet<string> = new Set(
  [
    'PATH PATHEXT HOME SHELL USER USERNAME LOGNAME PWD OLDPWD TERM COLORTERM LANG LANGUAGE TZ TMP TEMP TMPDIR DISPLAY',
    'COMSPEC SYSTEMROOT SYSTEMDRIVE WINDIR USERPROFILE HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA PROGRAMDATA OS',
    'IFS ENV CDPATH FPATH ZDOTDIR PROMPT PROMPT_COMMAND PS0 PS1 PS2 PS3 PS4 SHELLOPTS SHLVL UID EUID PPID',
    'EDITOR VISUAL PAGER BROWSER MANPAGER LESSOPEN LESSCLOSE SUDO_ASKPASS SSH_ASKPASS SSH_AUTH_SOCK',
    'HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY NO_PROXY SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE REQUESTS_CA_BUNDLE',
    'NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS NODE_TLS_REJECT_UNAUTHORIZED CLASSPATH JAVA_HOME JAVA_TOOL_OPTIONS',
    '_JAVA_OPTIONS JDK_JAVA_OPTIONS PERLLIB PERL5LIB PERL5OPT PERL5DB RUBYLIB RUBYOPT DOTNET_STARTUP_HOOKS GCONV_PATH',
    'GIT_SSH GIT_SSH_COMMAND GIT_ASKPASS GIT_EDITOR GIT_PAGER GIT_EXEC_PATH GIT_EXTERNAL_DIFF GIT_PROXY_COMMAND GIT_DIR',
  ].flatMap((line) => line.split(' ')),
);
const controlPrefixes = [
  'LD_',
  'DYLD_',
  'LC_',
  'BASH',
  'PYTHON',
  'XDG_',
  'GIT_CONFIG',
  'NPM_CONFIG_',
  'VSCODE_',
  'ELECTRON_',
];

/** Returns what's wrong with an extra variable name, as one sentence; undefined if it can be used. */
export function variableProblem(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    // Don't quote the name: it may be a token that was pasted into the wrong field.
    return l10n.t('A variable\'s name can contain only letters, digits and "_", and can\'t start with a digit.');
  }
  if (name.length > longestName) {
    return l10n.t("A variable's name can have at most {0} characters.", longestName);
  }
  // Windows ignores the case of variable names, and so do programs that read proxy variables.
  const capitals = name.toUpperCase();
  if (capitals === tokenVariable) {
    return l10n.t('{0} always has the token. Choose another name.', name);
  }
  if (Object.values(sdk).includes(capitals)) {
    return l10n.t('The setting tir.terminal.sdkVariables sets {0}. Choose another name.', name);
  }
  return controlVariables.has(capitals) || controlPrefixes.some((prefix) => capitals.startsWith(prefix))
    ? l10n.t("{0} can't have the token, because it controls how programs run. Choose another name.", name)
    : undefined;
}

/** Returns what's wrong with the first unusable name or with their number, as one sentence; undefined if nothing is. */
export function variablesProblem(names: readonly string[]): string | undefined {
  return names.length > mostNames
    ? l10n.t('A project can have at most {0} extra variable names, but this list has {1}.', mostNames, names.length)
    : names.map(variableProblem).find((problem) => problem !== undefined);
}

/** Splits typed names at commas, semicolons and white space, and removes duplicates. */
export function readNames(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
}
