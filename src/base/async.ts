/**
 * A function that does the work at once, or, while it is under way, one time after the other, so that the last state
 * wins; and one that waits for its turn is for all who ask meanwhile. What it resolves to, or rejects with, is what came
 * of work that did not begin before the call.
 */
export function inTurn<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  let waiting: Promise<T> | undefined;
  const begin = () => {
    waiting = undefined;
    running = work().finally(() => (running = undefined));
    return running;
  };
  return () => waiting ?? (running ? (waiting = running.then(begin, begin)) : begin());
}

/** What is made by the first call, for all of them. */
export function once<T>(make: () => T): () => T {
  let made: { readonly it: T } | undefined;
  return () => (made ??= { it: make() }).it;
}
