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

/** To hold a call for: it ends with whoever waits for its answer. */
export const ever = new Promise<void>(() => undefined);

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
