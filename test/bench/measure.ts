import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

/** IDs of this extension and of the naive variant, which does the same main job in the obvious way. */
export const [ours, naive] = ['tir-community.tir-tokens', 'tir-bench.naive'] as const;

/** Extensions that it's compared with, by ID. */
export const peers: Readonly<Record<string, string>> = {
  'tir-bench.empty': 'an empty extension',
  'vscode.git': 'the built-in git',
  'vscode.github-authentication': 'the built-in github-authentication',
  [naive]: 'the naive variant',
};

/** A measurement, with others of the same run to compare it with. */
export interface Row {
  readonly what: string;
  /** Unit of the values; milliseconds if omitted. */
  readonly unit?: 'kB' | 'MB' | 'calls';
  /** One value per measurement. */
  readonly ours: readonly number[];
  /** Highest acceptable median. */
  readonly atMost?: number;
  readonly beside: readonly Comparison[];
}

export interface Comparison {
  readonly what: string;
  readonly values: readonly number[];
  /** Limit of our median: at most `times` the median of `values`, or at most `more` above it. */
  readonly must?: { readonly times: number } | { readonly more: number };
}

/** Result or error of a bench, for the process that started this extension host. */
export type Outcome<T> = { readonly result: T } | { readonly error: string };

/** Writes the outcome of `work` to a file, since an extension host can't report in another way why it ended. */
export async function writeOutcome(work: () => Promise<unknown>): Promise<void> {
  const outcome: Outcome<unknown> = await work().then(
    (result) => ({ result }),
    (error: unknown) => ({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
  writeFileSync(process.env['TIR_BENCH_OUTCOME'] ?? '', JSON.stringify(outcome));
}

/** Measures how long `work` takes, in milliseconds. */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Measures how many milliseconds the extension host is busy during `work`, whatever the cause. */
export async function busyDuring(work: () => Promise<unknown>): Promise<number> {
  const before = performance.eventLoopUtilization();
  await work();
  return performance.eventLoopUtilization(before).active;
}

/** Repeats measurements in turn, so other load on the machine affects all of them. */
export async function inTurn<T extends string>(
  rounds: number,
  measurements: Readonly<Record<T, () => Promise<number>>>,
): Promise<Record<T, number[]>> {
  const names = Object.keys(measurements) as T[];
  const results = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<T, number[]>;
  for (const name of names) {
    // The first time fills caches and doesn't count.
    await measurements[name]();
  }
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      results[name].push(await measurements[name]());
    }
  }
  return results;
}

/** Returns milliseconds since 1970, with fractions. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * Starts a CPU profile if `TIR_BENCH_PROFILES` names a folder.
 * Resolves to a function that stops it and writes `<name>.cpuprofile`.
 */
export async function beginProfile(name: string): Promise<() => Promise<void>> {
  const folder = process.env['TIR_BENCH_PROFILES'];
  if (folder === undefined) {
    return () => Promise.resolve();
  }
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  // Microseconds. A start takes only a few milliseconds.
  await session.post('Profiler.setSamplingInterval', { interval: 100 });
  await session.post('Profiler.start');
  return async () => {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    writeFileSync(join(folder, `${name}.cpuprofile`), JSON.stringify(profile));
  };
}

/** Returns a hash, to be written instead of a token's value. */
export function hashOf(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
