import { l10n } from 'vscode';

import { refusal, type TirError } from '../base/errors';

/** A launch configuration after variable substitution. */
export type Configuration = Readonly<Record<string, unknown>>;

interface Debugger {
  /** Field for variables. Default: `env`, which maps names to values; `environment` is a list of `{ name, value }`. */
  readonly field?: 'environment';
  /** Runs programs in a terminal unless `console` says otherwise. */
  readonly terminal?: true;
  /** Keeps the variables out of the command that it runs in a terminal. */
  readonly hidesVariables?: true;
  /** Opens a window whose URL or options would contain the variables. */
  readonly exposesVariables?: true;
}

/*
 * How debuggers take variables, by type, from each one's documentation. Two ways would lead the token to disk:
 * - With `"console": "integratedTerminal"`, most debuggers have VS Code type `/usr/bin/env NAME=value program` into a
 *   terminal, whose command history is stored. debugpy doesn't: its launcher gets the variables over a socket.
 * - With `trace` and similar fields, a debugger logs what it's told, including the variables.
 */
const debuggers: ReadonlyMap<unknown, Debugger> = new Map<string, Debugger>(
  Object.entries({
    node: {},
    'pwa-node': {},
    'node-terminal': { terminal: true },
    extensionHost: { exposesVariables: true },
    'pwa-extensionHost': { exposesVariables: true },
    debugpy: { terminal: true, hidesVariables: true },
    python: { terminal: true, hidesVariables: true },
    go: {},
    java: { terminal: true },
    coreclr: {},
    dart: {},
    php: {},
    cppdbg: { field: 'environment' },
    cppvsdbg: { field: 'environment' },
  } satisfies Record<string, Debugger>),
);

/**
 * Tells whether a launch gets the token. Its `tir` field overrides the setting, which covers only the debuggers above.
 * Child sessions (`__pendingTargetId`) don't get it: they're part of their parent's launch.
 *
 * In package.json, a debugger of type `*` makes `tir` known to launch.json, because VS Code merges it into every type:
 * a schema of `jsonValidation` can't allow a field that another schema forbids.
 */
export function wantsToken(configuration: Configuration, enabled: boolean): boolean {
  const { type, tir } = configuration;
  if (!isWholeLaunch(configuration)) {
    return false;
  }
  return typeof tir === 'boolean' ? tir : enabled && debuggers.has(type);
}

/**
 * Returns where a launch gets the variables from: its `configuration`, or the integrated `terminal` that it runs in.
 * @param name the launch's name, for the message
 * @param terminalsHaveThem whether integrated terminals have the variables already
 * @throws TirError `forbidden`, with a message for people, if the variables could be seen or can't be added
 */
export function variablesSource(
  configuration: Configuration,
  name: string,
  terminalsHaveThem: boolean,
): 'configuration' | 'terminal' {
  const { hidesVariables, exposesVariables, field = 'env' } = debuggerOf(configuration);
  const taken = configuration[field];
  // Leave an unknown shape alone, such as a list of `NAME=value`.
  const isUsable = taken === undefined || (field === 'env' ? isRecord(taken) : Array.isArray(taken));
  if (exposesVariables || !isUsable) {
    throw exposureError(
      l10n.t(
        '"{0}" starts without the TIR token, because its debugger would show the token or can\'t accept it.',
        name,
      ),
    );
  }
  if (logs(configuration)) {
    throw exposureError(
      l10n.t(
        '"{0}" starts without the TIR token, because its debugger would write the token to a log. Turn off that log.',
        name,
      ),
    );
  }
  if (hidesVariables) {
    return 'configuration';
  }
  if (configuration['console'] === 'externalTerminal' || configuration['externalConsole'] === true) {
    throw exposureError(
      l10n.t(
        '"{0}" starts without the TIR token, because an external terminal would show the token. Set "console" to "internalConsole".',
        name,
      ),
    );
  }
  if (!usesTerminal(configuration)) {
    return 'configuration';
  }
  if (!terminalsHaveThem) {
    throw exposureError(
      l10n.t(
        '"{0}" starts without the TIR token, because its terminal doesn\'t have one. Set "console" to "internalConsole".',
        name,
      ),
    );
  }
  return 'terminal';
}

/**
 * Tells whether a launch runs in an integrated terminal and gets its variables.
 * @param isGiven whether the launch is given the token, which some debuggers pass on past the terminal
 */
export function runsInTerminal(configuration: Configuration, isGiven: boolean): boolean {
  const { hidesVariables } = debuggerOf(configuration);
  return isWholeLaunch(configuration) && !(isGiven && hidesVariables) && usesTerminal(configuration);
}

/** Tells whether a session starts a program, and isn't part of another session's launch. */
function isWholeLaunch(configuration: Configuration): boolean {
  return configuration['request'] === 'launch' && !('__pendingTargetId' in configuration);
}

function usesTerminal(configuration: Configuration): boolean {
  const { terminal } = debuggerOf(configuration);
  const console = configuration['console'] ?? (terminal ? 'integratedTerminal' : 'internalConsole');
  return console === 'integratedTerminal' || console === 'terminal';
}

function exposureError(why: string): TirError {
  return refusal('forbidden', why);
}

/** Tells whether the debugger logs what it's told. */
function logs({ trace, logToFile, showLog, logging }: Configuration): boolean {
  const engine = isRecord(logging) ? [logging['engineLogging'], logging['trace'], logging['diagnosticsLog']] : [];
  // An object whose fields are all off is off too: Node.js turns no `trace` into `{ stdio: false, logFile: null }`.
  return [trace, logToFile, showLog, ...engine].some((it) =>
    isRecord(it) ? Object.values(it).some(Boolean) : Boolean(it),
  );
}

/**
 * Adds variables to a configuration, except those that the configuration or its `envFile` already sets.
 * @param inFiles names that its `envFile` sets
 * @param inherited VS Code's own environment
 */
export function withVariables<T extends Configuration>(
  configuration: T,
  variables: ReadonlyMap<string, string>,
  inFiles: ReadonlySet<string>,
  inherited: Readonly<Record<string, string | undefined>> = process.env,
): T {
  const { field, hidesVariables } = debuggerOf(configuration);
  const others = [...variables].filter(([name]) => !inFiles.has(name));
  if (field === 'environment') {
    const given = (configuration['environment'] ?? []) as readonly unknown[];
    const names = new Set(given.map((entry) => (isRecord(entry) ? entry['name'] : undefined)));
    const added = others.filter(([name]) => !names.has(name)).map(([name, value]) => ({ name, value }));
    return { ...configuration, environment: [...given, ...added] };
  }
  // Python's debugger puts VS Code's own environment into `env` before: the person didn't set those values.
  const isInherited = ([name, value]: [string, unknown]) =>
    hidesVariables === true && !inFiles.has(name) && variables.has(name) && value === inherited[name];
  const env = (configuration['env'] ?? {}) as Readonly<Record<string, unknown>>;
  const chosen = Object.entries(env).filter((entry) => !isInherited(entry));
  return { ...configuration, env: Object.fromEntries([...others, ...chosen]) };
}

/** Returns the files that `envFile` names: one or a list. */
export function envFiles({ envFile }: Configuration): string[] {
  return [envFile].flat().filter((file): file is string => typeof file === 'string' && file !== '');
}

/** Returns the names that an env file's text sets. */
export function namesIn(text: string): string[] {
  return [...text.matchAll(/^\s*(?:export\s+)?([\w.-]+)\s*[=:]/gm)].flatMap(([, name]) => name ?? []);
}

function debuggerOf({ type }: Configuration): Debugger {
  return debuggers.get(type) ?? {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
