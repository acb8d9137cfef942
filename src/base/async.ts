/**
 * Runs `work`, never concurrently. Calls made during a run share one follow-up run and settle with its result, so the
 * last state wins.
 */
export function coalesced<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  let waiting: Promise<T> | undefined;
  const begin = () => {
    waiting = undefined;
    running = work().finally(() => (running = undefined));
    return running;
  };
  return () => waiting ?? (running ? (waiting = running.then(begin, begin)) : begin());
}

/** Caches the result of the first call. */
export function once<T>(make: () => T): () => T {
  let made: { readonly it: T } | undefined;
  return () => (made ??= { it: make() }).it;
}

/** Runs tasks one at a time, in order. A failed task doesn't stop the next. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** Shares one call between all requests for the same key until it settles. */
export class SharedCalls<T> {
  readonly #pending = new Map<string, Promise<T>>();

  ask(key: string, call: () => Promise<T>): Promise<T> {
    const pending = this.#pending.get(key);
    if (pending) {
      return pending;
    }
    const answer = call().finally(() => {
      if (this.#pending.get(key) === answer) {
        this.#pending.delete(key);
      }
    });
    this.#pending.set(key, answer);
    return answer;
  }

  /** Stops sharing the calls under way: the next request makes a new call. */
  forget(): void {
    this.#pending.clear();
  }
}

/** Runs at most a number of tasks at a time, and others in the order in which they came. */
export class Limited {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly most: number) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.most) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running++;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) {
        next();
      } else {
        this.#running--;
      }
    }
  }
}
