import { writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/** A measurement, beside another of the same run. */
export interface Row {
  readonly what: string;
  /** Milliseconds, one for each time that it was measured. */
  readonly ours: readonly number[];
  readonly beside: { readonly what: string; readonly milliseconds: readonly number[] };
  /** What the medians must reach: so many times the other at most, or so many milliseconds more than it. */
  readonly must?: { readonly ratio: number } | { readonly more: number };
}

/** What a bench came to, for whoever started this extension host. */
export type Outcome = { readonly rows: readonly Row[] } | { readonly error: string };

/** Leaves what the work comes to: an extension host has no other way to say why it ended. */
export async function leave(work: () => Promise<readonly Row[]>): Promise<void> {
  const outcome: Outcome = await work().then(
    (rows) => ({ rows }),
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
