/**
 * A function that does the work one time after the other, so that the last state wins; and one that waits for its turn
 * is for all who ask meanwhile. What it resolves to, or rejects with, is what came of the work that began after the call.
 */
export function inTurn(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | undefined;
  return () => {
    waiting ??= running.then(() => {
      waiting = undefined;
      const turn = work();
      running = turn.catch(() => undefined);
      return turn;
    });
    return waiting;
  };
}
