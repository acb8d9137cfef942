import type { FastifyReply, FastifyRequest } from 'fastify';

import { envelope, type Answer } from './platform';

/** What can go wrong with a call. */
export interface Fault {
  /** Nothing is done, nor answered, until this is. */
  hold?: Promise<void>;
  /** Answer with this status, in the platform's envelope. */
  status?: number;
  /** The `Retry-After` header to go with it. */
  retryAfter?: string;
  /**
   * `html`: a page as gateways answer; `cut`: JSON that ends in the middle; `torn`: the connection does, in the middle of
   * it; `huge`: 50 MB.
   */
  body?: 'html' | 'cut' | 'torn' | 'huge';
  /** The work is done, and this is the answer, as it is. */
  json?: string;
  /** The work is done, and this becomes of the `data` of the answer. */
  data?: (data: unknown) => unknown;
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

/** Answers a call that is not done at all: with a redirect, or a failure. Undefined where it is to be done. */
export function sendInstead(fault: Fault, reply: FastifyReply): FastifyReply | undefined {
  if (fault.redirect !== undefined) {
    return reply.code(307).header('location', fault.redirect).send();
  }
  if (fault.status === undefined) {
    return undefined;
  }
  if (fault.retryAfter !== undefined) {
    void reply.header('retry-after', fault.retryAfter);
  }
  return fault.body === 'html'
    ? reply.code(fault.status).type('text/html').send('<html><body>gateway</body></html>')
    : reply.code(fault.status).send(envelope(fault.status, {}, 'Failure', `status ${fault.status}`));
}

/** Answers a call that was done, as it should be or spoilt. */
export function sendAnswer(fault: Fault, { status, body }: Answer, reply: FastifyReply): FastifyReply {
  void reply.code(status);
  const text = JSON.stringify(body);
  switch (fault.body) {
    case 'html':
      return reply.type('text/html').send('<html><body>Welcome to the hotel. Please log in.</body></html>');
    case 'cut':
      return reply.type('application/json').send(text.slice(0, text.length / 2));
    case 'huge':
      return reply.type('application/json').send(Buffer.alloc(50 * 1024 * 1024, ' '));
    case 'torn':
      reply.raw.writeHead(status, { 'content-type': 'application/json', 'content-length': text.length });
      reply.raw.write(text.slice(0, text.length / 2), () => reply.raw.destroy());
      return reply.hijack();
    case undefined:
      break;
  }
  if (fault.json !== undefined) {
    return reply.type('application/json').send(fault.json);
  }
  const { data } = body as { data: unknown };
  return reply.send(fault.data ? { ...(body as object), data: fault.data(data) } : body);
}
