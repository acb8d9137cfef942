/**
 * A function that does the work at once, or, while it is under way, one time after the other, so that the last state
 * wins; and one that waits for its turn is for all who ask meanwhile. What it resolves to, or rejects with, is what came
 * of work that did not begin before the call.
 */
export function inTurn(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let waiting: Promise<void> | undefined;
  const begin = async () => {
    waiting = undefined;
    try {
      await work();
    } finally {
      running = undefined;
    }
  };
  return () => {
    if (waiting === undefined) {
      if (running === undefined) {
        return (running = begin());
      }
      const next = () => (running = begin());
      waiting = running.then(next, next);
    }
    return waiting;
  };
}
