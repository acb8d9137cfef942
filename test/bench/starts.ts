import * as vscode from 'vscode';

import { Emulator } from '../emulator/emulator';
import { until } from '../support/until';
import { waitUntilIdle, keptByNaive, keptByOurs, peerOf, useApi } from './kept';
import { writeOutcome, naive, ours, peers } from './measure';
import type { StoredData, Start } from './peer';

/** Measurements of one window. */
export interface Starts {
  /** By extension ID. */
  readonly starts: Readonly<Record<string, Start>>;
  /** API calls so far: once all extensions have started, with the view hidden, and once the view is visible. */
  readonly calls: { readonly hidden: Pair; readonly visible: Pair };
}

interface Pair {
  readonly ours: number;
  readonly naive: number;
}

/** Number of signed-in projects. */
const projects = 3;

/** Started first, since a window's first extension pays for work that the host does only once. */
const warmUp = 'tir-bench.warm-up';

/** Entry point in the extension host: starts the extensions one after the other, in random order. */
export function run(): Promise<void> {
  return writeOutcome(async (): Promise<Starts> => {
    const [forOurs, forNaive] = [await Emulator.start(), await Emulator.start()];
    await useApi(forOurs, forNaive);
    const tokens = Array.from({ length: projects }, (_, index) =>
      forOurs.seed(`bench-${index}`, { projectId: index + 1 }),
    );
    const kept: Record<string, StoredData> = {
      [ours]: keptByOurs(tokens),
      [naive]: keptByNaive(forNaive.seed('bench')),
    };
    const order = [ours, ...Object.keys(peers)].map((id) => ({ id, at: Math.random() })).sort((a, b) => a.at - b.at);
    const starts: Record<string, Start> = {};
    for (const id of [warmUp, ...order.map((one) => one.id)]) {
      const peer = await peerOf(id);
      await (kept[id] && peer.store(kept[id]));
      await waitUntilIdle();
      starts[id] = await peer.start(id === ours);
    }
    const calls = () => ({ ours: forOurs.calls.length, naive: forNaive.calls.length });
    await waitUntilIdle();
    const hidden = calls();
    await vscode.commands.executeCommand('tir.tokens.focus');
    await until('the view to ask', () => forOurs.calls.length >= projects);
    await waitUntilIdle();
    const visible = calls();
    await forOurs.stop();
    await forNaive.stop();
    return { starts, calls: { hidden, visible } };
  });
}
