import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

/** The ids of this extension, and of the one that does its main job in the obvious way. */
export const [ours, naive] = ['tir-community.tir-tokens', 'tir-bench.naive'] as const;

/** What is started beside it, by its id. */
export const peers: Readonly<Record<string, string>> = {
  'tir-bench.empty': 'an empty extension',
  'vscode.git': 'the built-in git',
  'vscode.github-authentication': 'the built-in github-authentication',
  [naive]: 'the naive variant',
};

/** A measurement, beside others of the same run. */
export interface Row {
  readonly what: string;
  /** Of the values: milliseconds where it says nothing. */
  readonly unit?: 'kB' | 'MB' | 'calls';
  /** One for each time that it was measured. */
  readonly ours: readonly number[];
  /** What the median must not be above. */
  readonly atMost?: number;
  readonly beside: readonly Beside[];
}

export interface Beside {
  readonly what: string;
  readonly values: readonly number[];
  /** What our median must reach: so many times this one at most, or so much more than it. */
  readonly must?: { readonly times: number } | { readonly more: number };
}

/** What a bench came to, for whoever started this extension host. */
export type Outcome<T> = { readonly result: T } | { readonly error: string };

/** Leaves what the work comes to: an extension host has no other way to say why it ended. */
export async function leave(work: () => Promise<unknown>): Promise<void> {
  const outcome: Outcome<unknown> = await work().then(
    (result) => ({ result }),
    (error: unknown) => ({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
  writeFileSync(process.env['TIR_BENCH_OUTCOME'] ?? '', JSON.stringify(outcome));
}

/** How long work takes, by the clock. Milliseconds. */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** For how long the extension host is busy while work goes on, whoever keeps it so. Milliseconds. */
export async function busyDuring(work: () => Promise<unknown>): Promise<number> {
  const before = performance.eventLoopUtilization();
  await work();
  return performance.eventLoopUtilization(before).active;
}

/** Measures several things in turn, so that what else the machine does counts for all of them. */
export async function inTurn<T extends string>(
  rounds: number,
  measurements: Readonly<Record<T, () => Promise<number>>>,
): Promise<Record<T, number[]>> {
  const names = Object.keys(measurements) as T[];
  const results = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<T, number[]>;
  for (const name of names) {
    // The first time fills caches, and does not count.
    await measurements[name]();
  }
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      results[name].push(await measurements[name]());
    }
  }
  return results;
}

/** Milliseconds since 1970, with fractions. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * Writes down what the processor does, into the folder that profiles were asked for (`.cpuprofile`); nothing where they were not.
 * Resolves to what ends it.
 */
export async function beginProfile(name: string): Promise<() => Promise<void>> {
  const folder = process.env['TIR_BENCH_PROFILES'];
  if (folder === undefined) {
    return () => Promise.resolve();
  }
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  // Microseconds: a start is over in a few milliseconds.
  await session.post('Profiler.setSamplingInterval', { interval: 100 });
  await session.post('Profiler.start');
  return async () => {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    writeFileSync(join(folder, `${name}.cpuprofile`), JSON.stringify(profile));
  };
}

/** What stands for the value of a token where it is written down. */
export function hashOf(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
