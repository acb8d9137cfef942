import { statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { readOutcome } from '../../scripts/bench-results.mjs';
import { buildBundle, bundleSizes } from '../../scripts/build.mjs';
import { buildBench } from '../../scripts/build-tests.mjs';
import { openHost } from '../../scripts/host.mjs';
import { layOutPeers } from '../../scripts/peers.mjs';
import { run, step } from '../../scripts/process.mjs';
import { root } from '../../scripts/root.mjs';
import { ours, peers, type Comparison, type Row } from './measure';
import type { Start } from './peer';
import type { Starts } from './starts';
import { switching } from './switching';

const windows = 12;

/**
 * Measures what the extension costs, next to an empty one, VS Code's built-in ones, and the naive variant.
 * @param folder for temporary files
 * @param profiles a folder for CPU profiles (`.cpuprofile`) of the last start and the last lists
 */
export async function measureExtension(folder: string, profiles: string | undefined): Promise<Row[]> {
  const [workspace, outcome, shown] = [
    join(folder, 'workspace'),
    join(folder, 'outcome'),
    join(folder, 'shown'),
  ] as const;
  await mkdir(workspace);
  writeFileSync(shown, '');
  const extensions = await layOutPeers(join(folder, 'peers'));
  const [startsModule, tokensModule] = await Promise.all([buildBench('starts'), buildBench('tokens')]);
  const env = { TIR_BENCH_OUTCOME: outcome, TIR_BENCH_SHOWN: shown, ...(profiles && { TIR_BENCH_PROFILES: profiles }) };
  const host = await openHost({ editor: 'newest', data: join(folder, 'editor'), env: { ...process.env, ...env } });
  try {
    const inWindow = async <T>(module: string): Promise<T> => {
      await host.run(module, { workspace, extensions, shown, minutes: 15 });
      return readOutcome<T>(outcome);
    };
    const starts = await step(`Starting in ${windows} windows`, async () => {
      const all: Starts[] = [];
      for (let window = 0; window < windows; window++) {
        all.push(await inWindow<Starts>(startsModule));
      }
      return all;
    });
    const tokens = await step('Listing and creating', () => inWindow<Row[]>(tokensModule));
    const switches = await step('Switching in three windows', () => switching(folder));
    return [...rowsOfStarts(starts), ...(await rowsOfSizes(folder)), ...tokens, switches];
  } finally {
    await host.end();
  }
}

function rowsOfStarts(all: readonly Starts[]): Row[] {
  const of = (id: string, value: (start: Start) => number) =>
    all.flatMap(({ starts }) => (starts[id] ? [value(starts[id])] : []));
  const beside = (value: (start: Start) => number, must: Readonly<Record<string, Comparison['must']>> = {}) =>
    Object.entries(peers).map(([id, what]): Comparison => ({
      what,
      values: of(id, value),
      ...(must[id] && { must: must[id] }),
    }));
  const untilVariable = ({ variable, activate }: Start) => variable ?? activate;
  return [
    {
      what: 'activate() until the variable is in the collection, a token in use',
      ours: of(ours, untilVariable),
      atMost: 25,
      // Git sets its variables long before it's ready, so this compares with all of its activate().
      beside: beside(({ activate }) => activate, { 'tir-bench.empty': { more: 15 }, 'vscode.git': { times: 1 / 5 } }),
    },
    {
      what: 'activate() until it has resolved',
      ours: of(ours, ({ activate }) => activate),
      beside: beside(({ activate }) => activate),
    },
    {
      what: 'the main module loaded',
      ours: of(ours, ({ load }) => load),
      atMost: 15,
      beside: beside(({ load }) => load),
    },
    {
      what: 'calls of the API at the start, view hidden, 3 projects',
      unit: 'calls',
      ours: all.map(({ calls }) => calls.hidden.ours),
      atMost: 0,
      beside: [{ what: 'the naive variant, 1 project', values: all.map(({ calls }) => calls.hidden.naive) }],
    },
    {
      what: 'calls of the API once the view is visible, 3 projects',
      unit: 'calls',
      ours: all.map(({ calls }) => calls.visible.ours),
      atMost: 3,
      beside: [{ what: 'the naive variant, 1 project', values: all.map(({ calls }) => calls.visible.naive) }],
    },
  ];
}

async function rowsOfSizes(folder: string): Promise<Row[]> {
  const vsix = join(folder, 'tir-tokens.vsix');
  await run(process.execPath, [join('scripts', 'package.mjs'), vsix], { cwd: root });
  const { atStart, all } = bundleSizes(await buildBundle());
  const size = (name: string, file: string) => statSync(join(folder, 'peers', name, file)).size / 1000;
  return [
    {
      what: 'bundle, minified, that is loaded at the start',
      unit: 'kB',
      ours: [atStart / 1000],
      atMost: 120,
      beside: [
        { what: 'all of it', values: [all / 1000] },
        { what: 'the naive variant', values: [size('naive', 'main.js')] },
        { what: 'the built-in git', values: [size('git', 'dist/main.js')] },
        { what: 'the built-in github-authentication', values: [size('github-authentication', 'dist/extension.js')] },
      ],
    },
    { what: 'package (.vsix)', unit: 'kB', ours: [statSync(vsix).size / 1000], atMost: 400, beside: [] },
  ];
}
