import type { FastifyRequest } from 'fastify';

/** What can go wrong with a call. */
export interface Fault {
  /** Nothing is done, nor answered, until this is. */
  hold?: Promise<void>;
  /** Answer with this status, in the platform's envelope. */
  status?: number;
  /** The `Retry-After` header to go with it. */
  retryAfter?: string;
  /** `html`: a page as gateways answer; `cut`: JSON that ends in the middle. */
  body?: 'html' | 'cut';
  /** Break the connection before or after the work is done. */
  reset?: 'before' | 'after';
  /** Stop before or after the work is done: this is called there, and no answer is ever sent. */
  stop?: { at: 'before' | 'after'; call: () => void };
  /** Redirect to this address. */
  redirect?: string;
}

/** A call that waits until it is let go; where nobody does, until the one who waits for its answer goes. */
export function held(): { fault: Fault; letGo: () => void } {
  let letGo!: () => void;
  const hold = new Promise<void>((resolve) => (letGo = resolve));
  return { fault: { hold }, letGo };
}

/** Whether nothing of the call is answered from here on. */
export function breaksOff({ reset, stop }: Fault, at: 'before' | 'after', request: FastifyRequest): boolean {
  if (reset === at) {
    request.raw.socket.resetAndDestroy();
  }
  if (stop?.at === at) {
    stop.call();
  }
  return reset === at || stop?.at === at;
}
