import type { FastifyReply, FastifyRequest } from 'fastify';

import { envelope, type Answer } from './platform';

/** What can go wrong with a call. */
export interface Fault {
  /** Delays the work and the answer until this resolves. */
  hold?: Promise<void>;
  /** Answers with this status, in TIR's envelope. */
  status?: number;
  /** Answers with this, and does no work: a refusal that looks like a success. */
  instead?: object;
  /** Adds this `Retry-After` header to an answer with `status`. */
  retryAfter?: string;
  /**
   * `html`: a page, such as a gateway's; `cut`: JSON that ends in the middle; `torn`: a connection that breaks in the
   * middle of the JSON; `huge`: 50 MB.
   */
  body?: 'html' | 'cut' | 'torn' | 'huge';
  /** Does the work, and answers with exactly this text. */
  json?: string;
  /** Does the work, and changes the `data` of the answer. */
  data?: (data: unknown) => unknown;
  /** Resets the connection before or after the work. */
  reset?: 'before' | 'after';
  /** Runs `call` before or after the work, and never answers. */
  stop?: { at: 'before' | 'after'; call: () => void };
  /** Redirects to this URL. */
  redirect?: string;
}

/** Returns a fault that holds a call until `letGo` is called; without that, until the client gives up. */
export function holdCall(): { fault: Fault; letGo: () => void } {
  let letGo!: () => void;
  const hold = new Promise<void>((resolve) => (letGo = resolve));
  return { fault: { hold }, letGo };
}

/** Applies `reset` or `stop` if it's due. Returns whether the call gets no answer. */
export function breaksOff({ reset, stop }: Fault, at: 'before' | 'after', request: FastifyRequest): boolean {
  if (reset === at) {
    request.raw.socket.resetAndDestroy();
  }
  if (stop?.at === at) {
    stop.call();
  }
  return reset === at || stop?.at === at;
}

/** Answers with a redirect or a failure instead of doing the work. Returns undefined if the work is to be done. */
export function sendInstead(fault: Fault, reply: FastifyReply): FastifyReply | undefined {
  if (fault.redirect !== undefined) {
    return reply.code(307).header('location', fault.redirect).send();
  }
  if (fault.instead !== undefined) {
    return reply.code(200).send(fault.instead);
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

/** Answers a call after its work, correctly or with a broken body. */
export function sendAnswer(fault: Fault, { status, body, headers }: Answer, reply: FastifyReply): FastifyReply {
  void reply.code(status).headers(headers ?? {});
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
