import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { buildWatched } from '../../scripts/build-tests.mjs';
import { connectionId } from '../../src/secrets/records';
import { until } from '../support/until';
import { Workbench } from '../ui/workbench';
import { hashOf, type Row } from './measure';
import type { Note } from './watched';

const rounds = 12;
const windows = 3;

/**
 * Measures from a switch in one of three windows until the terminals of every window get the other token.
 * @param folder for temporary files
 */
export async function switching(folder: string): Promise<Row> {
  const switches = join(folder, 'switches');
  await mkdir(switches);
  const first = await Workbench.open('bench', {
    bundle: await buildWatched(),
    env: { TIR_BENCH_SWITCHES: switches },
  });
  try {
    await first.openView();
    await first.signIn();
    await first.createToken('one');
    await first.createToken('two');
    // Waits until the window has read what the first one stored.
    for (let window = 1; window < windows; window++) {
      const another = await first.openWindow();
      await another.statusItem.getByText('one').waitFor();
    }
    const times = { all: [] as number[], self: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      const { id, value, projectId, location } = first.emulator.tokens.find(
        ({ name }) => name === (round % 2 === 0 ? 'two' : 'one'),
      )!;
      writeFileSync(join(switches, `switch-${connectionId({ projectId, location })}-${id}`), '');
      const { begin, ends } = await until('every window to have the token', () => followed(switches, round, value));
      times.all.push(Math.max(...ends.map(({ at }) => at)) - begin.at);
      times.self.push(...ends.filter(({ pid }) => pid === begin.pid).map(({ at }) => at - begin.at));
    }
    return {
      what: 'switching the token in use, until the collections of three windows have it',
      ours: times.all,
      atMost: 200,
      beside: [{ what: 'that of the window that switches', values: times.self }],
    };
  } finally {
    await first.close();
  }
}

/** Returns when a switch began and when each window had its token; undefined until all have it. */
function followed(folder: string, round: number, value: string): { begin: Note; ends: Note[] } | undefined {
  const lines = readFileSync(join(folder, 'notes'), 'utf8').trim().split('\n');
  const notes = lines.map((line) => JSON.parse(line) as Note);
  const begin = notes.filter(({ hash }) => hash === undefined)[round];
  const ends = notes.filter(({ hash, at }) => begin && at >= begin.at && hash === hashOf(value));
  return begin && new Set(ends.map(({ pid }) => pid)).size === windows ? { begin, ends } : undefined;
}
