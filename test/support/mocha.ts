import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';

import Mocha from 'mocha';

import { onSaid } from './say';

/** Results of one job (one process, one or more suites), written as JSON to the file that `TIR_TEST_RESULTS` names. */
export interface Results {
  passed: number;
  failed: number;
  pending: number;
  /** The title and the stack of each failure. */
  failures: string[];
  /** Uncaught exceptions of other extensions; they fail no test. */
  foreign: number;
  /** How long each test took without its hooks, in milliseconds. */
  durations: { title: string; ms: number }[];
}

/** Functions that load each test file, by names such as `host/terminals/environment`. */
export type TestFiles = Readonly<Record<string, () => unknown>>;

/**
 * Returns the files that `TIR_TEST_FILES` names: a JSON list of files and suites, with a `!` for those to leave out.
 * Returns all files if it names none. @throws Error if one of them matches no file
 */
function wantedFiles(names: readonly string[]): string[] {
  const listed = JSON.parse(process.env['TIR_TEST_FILES'] ?? '[]') as readonly string[];
  const wanted = listed.filter((one) => !one.startsWith('!'));
  const matches = (name: string, one: string) => one === name || name.startsWith(`${one}/`);
  const unknown = listed.filter((one) => !names.some((name) => matches(name, one.replace('!', ''))));
  if (unknown.length > 0) {
    throw new Error(`No test file matches ${unknown.join(', ')}.`);
  }
  return names
    .filter((name) => wanted.length === 0 || wanted.some((one) => matches(name, one)))
    .filter((name) => !listed.some((one) => one.startsWith('!') && matches(name, one.slice(1))))
    .sort();
}

/**
 * Runs test files, and writes the results for the process that started this one (or this extension host).
 * Resolves to the number of failures.
 * @param isOurs whether an unhandled rejection comes from the product or its tests
 * @param isForeign whether an uncaught exception comes from another extension; it fails no test
 */
export async function runMocha(
  files: TestFiles,
  isForeign: (error: unknown) => boolean = () => false,
  isOurs: (error: unknown) => boolean = () => true,
): Promise<number> {
  const mocha = new Mocha({
    // Ends tests that hang. It's generous, since some machines are several times slower.
    timeout: 10 * 60_000,
    forbidOnly: true,
    ...(process.env['TIR_TEST_GREP'] !== undefined && { grep: process.env['TIR_TEST_GREP'] }),
  });
  mocha.reporter(Mocha.reporters.Base);
  const results: Results = { passed: 0, failed: 0, pending: 0, failures: [], foreign: 0, durations: [] };
  const file = process.env['TIR_TEST_RESULTS'];
  const say = (line: string) => {
    if (file === undefined) {
      console.log(line);
    } else {
      // Line by line, so a process that crashes leaves what came before.
      appendFileSync(`${file}.log`, `${line}\n`);
    }
  };
  const fail = (title: string, { stack, message = '' }: Partial<Error>, tests = 1) => {
    results.failed += tests;
    const failure = `  ✗ ${title}\n${stack ?? message}`;
    results.failures.push(failure);
    say(failure);
  };
  onSaid(say);
  try {
    for (const name of wantedFiles(Object.keys(files))) {
      mocha.suite.emit('pre-require', globalThis, name, mocha);
      await files[name]?.();
    }
  } catch (error) {
    // The results report it, since an extension host's output isn't shown.
    fail('a test file could not be loaded', error instanceof Error ? error : new Error(String(error)));
  }
  // An unhandled rejection fails the running test, like any uncaught error.
  process.on('unhandledRejection', (error) => {
    if (isOurs(error)) {
      throw error;
    }
  });
  leaveUncounted(isForeign, (error) => {
    results.foreign++;
    say(`  · an error of the editor itself: ${String(error)}`);
  });
  /** Tests that ran or were skipped. If a hook fails, the tests after it never begin. */
  const ended = new Set<Mocha.Runnable>();
  return new Promise((resolve) => {
    const runner = mocha.run((failures) => {
      const lost = runner.total - ended.size;
      if (lost > 0) {
        fail(`tests that did not run, since a hook failed: ${lost}`, {}, lost);
      }
      if (file !== undefined) {
        writeFileSync(`${file}.part`, JSON.stringify(results));
        renameSync(`${file}.part`, file);
      }
      resolve(Math.max(failures, results.failed));
    });
    const note = (test: Mocha.Runnable) => {
      if (test instanceof Mocha.Test) {
        ended.add(test);
      }
      results.durations.push({ title: test.fullTitle(), ms: test.duration ?? 0 });
    };
    runner.on('pass', (test) => {
      results.passed++;
      note(test);
      say(`  ✓ ${test.fullTitle()} (${test.duration ?? 0} ms)`);
    });
    runner.on('pending', (test) => {
      results.pending++;
      ended.add(test);
      say(`  - ${test.fullTitle()}`);
    });
    runner.on('fail', (test, error: Error & { expected?: unknown; actual?: unknown }) => {
      note(test);
      fail(test.fullTitle(), error);
    });
  });
}

/**
 * Keeps uncaught exceptions of other extensions from failing the running test. Patches the method that each Mocha
 * runner binds as its listener: an extension host wraps listeners, so the listener itself can't be found and replaced
 * later.
 */
function leaveUncounted(isForeign: (error: unknown) => boolean, tell: (error: unknown) => void): void {
  const runner = Mocha.Runner.prototype as unknown as {
    _uncaught: (this: Mocha.Runner, error: unknown) => void;
  };
  const count = runner._uncaught;
  runner._uncaught = function (error) {
    if (isForeign(error)) {
      tell(error);
    } else {
      count.call(this, error);
    }
  };
}

/**
 * Returns whether an error comes from VS Code's built-in extensions, which share a process with the tests. All the files
 * in its stack are VS Code's, unless the error is of the operating system: then only the innermost one counts. If `git`
 * ends before it has read its input, for example, the Git extension doesn't handle that, and the stack also has the code
 * that called the extension.
 * @param appRoot the folder that VS Code is installed in
 */
export function isOfTheEditor(error: unknown, appRoot: string): boolean {
  const frames = error instanceof Error ? (error.stack ?? '').split('\n').slice(1) : [];
  const inFiles = frames.filter((frame) => frame.includes(sep) && !frame.includes('node:'));
  const counted = error instanceof Error && 'syscall' in error ? inFiles.slice(0, 1) : inFiles;
  return (
    counted.some((frame) => frame.includes(join(appRoot, 'extensions'))) &&
    counted.every((frame) => frame.includes(appRoot))
  );
}
