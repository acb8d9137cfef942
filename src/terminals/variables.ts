import { l10n } from 'vscode';

import type { Credentials } from '../base/secret';
import type { Connection } from '../secrets/records';

export const tokenVariable = 'TIR_API_TOKEN';

/** The names that the vendor's Python SDK reads in `tir.init()`. */
const sdk = { token: 'E2E_TIR_ACCESS_TOKEN', apiKey: 'E2E_TIR_API_KEY', projectId: 'E2E_TIR_PROJECT_ID' };

/**
 * What a terminal, a task or a debug session gets of a token in use: values by the names of variables.
 * @param connection the token's project, where it is still kept
 * @param sdkVariables whether the SDK's names are set too
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
    }
  }
  return variables;
}

/** Extra names that a project can have. */
const mostNames = 20;

/** Characters of one of them. */
const longestName = 100;

/**
 * Names by which shells, loaders, runtimes and tools are steered, in capitals: with a token in their place they
 * break, run it, or send it somewhere.
 */
const steering: ReadonlySet<string> = new Set(
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
const steeringPrefixes = [
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

/** One sentence on what is wrong with an extra name of a variable that is to have a token's value; undefined if nothing is. */
export function variableProblem(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    // Not quoted: it may be a token that was pasted into the wrong field.
    return l10n.t('A name of a variable is made of letters, digits and "_", and does not begin with a digit.');
  }
  if (name.length > longestName) {
    return l10n.t('A name of a variable has at most {0} characters.', longestName);
  }
  // Windows makes no difference between small letters and capitals, and neither do proxies' names.
  const capitals = name.toUpperCase();
  if (capitals === tokenVariable) {
    return l10n.t('{0} has the token in any case.', name);
  }
  if (Object.values(sdk).includes(capitals)) {
    return l10n.t('{0} is set by the setting tir.terminal.sdkVariables.', name);
  }
  return steering.has(capitals) || steeringPrefixes.some((prefix) => capitals.startsWith(prefix))
    ? l10n.t('{0} cannot have the token: programs are steered by it. Choose another name.', name)
    : undefined;
}

/** One sentence on the first name that can't be used, or on their number; undefined if all can. */
export function variablesProblem(names: readonly string[]): string | undefined {
  return names.length > mostNames
    ? l10n.t('A project has at most {0} extra names; these are {1}.', mostNames, names.length)
    : names.map(variableProblem).find((problem) => problem !== undefined);
}

/** Names out of what a person types: between commas, semicolons or white space, each once. */
export function readNames(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
}
