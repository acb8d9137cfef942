import { l10n } from 'vscode';

import { refusal, type TirError } from '../base/errors';

/** A launch configuration whose variables are replaced. */
export type Configuration = Readonly<Record<string, unknown>>;

interface Debugger {
  /** The field that holds variables: `env` has them by name, `environment` as a list of names and values. */
  readonly field?: 'environment';
  /** Programs run in a terminal unless `console` says otherwise. */
  readonly terminal?: true;
  /** What the terminal is given to run does not hold the variables: they go another way. */
  readonly discreet?: true;
  /** Opens something of its own, whose address or options would hold the variables. */
  readonly shows?: true;
}

/*
 * How debuggers take variables, by type, after each one's own documentation. Most have their editor type a command
 * into a terminal, `/usr/bin/env NAME=value program`, where the program is to run in one.
 */
const debuggers: ReadonlyMap<unknown, Debugger> = new Map<string, Debugger>(
  Object.entries({
    node: {},
    'pwa-node': {},
    'node-terminal': { terminal: true },
    extensionHost: { shows: true },
    'pwa-extensionHost': { shows: true },
    debugpy: { terminal: true, discreet: true },
    python: { terminal: true, discreet: true },
    go: {},
    java: { terminal: true },
    coreclr: {},
    dart: {},
    php: {},
    cppdbg: { field: 'environment' },
    cppvsdbg: { field: 'environment' },
  }),
);

/**
 * Whether a launch gets the token: its own word `tir` counts, else the setting, which is for debuggers that are known here.
 * A session below another one is part of what that one has launched.
 */
export function wantsToken(configuration: Configuration, enabled: boolean): boolean {
  const { type, request, tir } = configuration;
  if (request !== 'launch' || '__pendingTargetId' in configuration) {
    return false;
  }
  return typeof tir === 'boolean' ? tir : enabled && debuggers.has(type);
}

/**
 * How a launch gets the variables: added to its `configuration`, or from the integrated `terminal` that runs it.
 * @param name the launch's name, for the sentence
 * @param terminalsHaveThem whether integrated terminals have the variables already
 * @throws TirError `forbidden`, with a sentence for people, if the variables could be seen
 */
export function wayOf(
  configuration: Configuration,
  name: string,
  terminalsHaveThem: boolean,
): 'configuration' | 'terminal' {
  const { terminal, discreet, shows, field = 'env' } = debuggerOf(configuration);
  const taken = configuration[field];
  // A shape that is not known here, such as a list of `NAME=value`, is left as it is.
  const isUsable = taken === undefined || (field === 'env' ? isRecord(taken) : Array.isArray(taken));
  if (shows || !isUsable) {
    throw visible(
      l10n.t(
        '"{0}" starts without the TIR token: a debugger of its type would show it, or takes variables in another way.',
        name,
      ),
    );
  }
  if (logs(configuration)) {
    throw visible(
      l10n.t(
        '"{0}" starts without the TIR token: its debugger writes a log, which would hold it. Switch that off.',
        name,
      ),
    );
  }
  if (discreet) {
    return 'configuration';
  }
  const console = configuration['console'] ?? (terminal ? 'integratedTerminal' : 'internalConsole');
  if (console === 'externalTerminal' || configuration['externalConsole'] === true) {
    throw visible(
      l10n.t(
        '"{0}" starts without the TIR token: the external terminal would show it. Set "console" to "internalConsole".',
        name,
      ),
    );
  }
  if (console !== 'integratedTerminal' && console !== 'terminal') {
    return 'configuration';
  }
  if (!terminalsHaveThem) {
    throw visible(
      l10n.t(
        '"{0}" starts without the TIR token: its terminal would show it. Set "console" to "internalConsole", or the setting tir.terminal.enabled.',
        name,
      ),
    );
  }
  return 'terminal';
}

function visible(why: string): TirError {
  return refusal('forbidden', why);
}

/** Whether the debugger writes down what it is told to do. */
function logs({ trace, logToFile, showLog, logging }: Configuration): boolean {
  const engine = isRecord(logging) ? [logging['engineLogging'], logging['trace'], logging['diagnosticsLog']] : [];
  // What is off may be an object of what is off: the one for Node.js makes `{ stdio: false, logFile: null }` of no `trace`.
  return [trace, logToFile, showLog, ...engine].some((it) =>
    isRecord(it) ? Object.values(it).some(Boolean) : Boolean(it),
  );
}

/**
 * The configuration with variables added; those that it has already, or that a file of its `envFile` has, stay as they are.
 * @param inFiles names that are set in its `envFile`
 */
export function withVariables<T extends Configuration>(
  configuration: T,
  variables: ReadonlyMap<string, string>,
  inFiles: ReadonlySet<string>,
): T {
  const { field } = debuggerOf(configuration);
  const others = [...variables].filter(([name]) => !inFiles.has(name));
  if (field === 'environment') {
    const given = (configuration['environment'] ?? []) as readonly unknown[];
    const names = new Set(given.map((entry) => (isRecord(entry) ? entry['name'] : undefined)));
    const added = others.filter(([name]) => !names.has(name)).map(([name, value]) => ({ name, value }));
    return { ...configuration, environment: [...given, ...added] };
  }
  return { ...configuration, env: { ...Object.fromEntries(others), ...(configuration['env'] as object | undefined) } };
}

/** The files that `envFile` names. */
export function envFiles({ envFile }: Configuration): string[] {
  return [envFile].flat().filter((file): file is string => typeof file === 'string' && file !== '');
}

/** The names that the text of such a file sets. */
export function namesIn(text: string): string[] {
  return [...text.matchAll(/^\s*(?:export\s+)?([\w.-]+)\s*[=:]/gm)].flatMap(([, name]) => name ?? []);
}

function debuggerOf({ type }: Configuration): Debugger {
  return debuggers.get(type) ?? {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
