import { randomUUID } from 'node:crypto';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';

import { noteSecrets } from '../support/noteSecrets';
import { breaksOff, sendAnswer, sendInstead, type Fault } from './fault';
import {
  envelope,
  failed,
  isSameHome,
  isValid,
  newValue,
  notPublic,
  policyFailure,
  timesOf,
  type Account,
  type Answer,
  type Certificate,
  type PlatformToken,
  type Times,
  type ValueShape,
} from './platform';

export type { Fault, PlatformToken };

/*
 * Longer than other files: the whole API in one place, to be compared with its reference.
 */

/** Both forms of the base URL. The API reference's also needs the API key, the guide's only the Bearer header. */
const bases = [
  { path: '/myaccount/api/v1/gpu', wantsApiKey: true },
  { path: '/tir/v1', wantsApiKey: false },
];

/** Defaults of the switches. */
const defaultSwitches = {
  listWithValues: true,
  values: 'jwt' as ValueShape,
  times: 'documented' as Times,
  accounts: [] as readonly Account[],
  anyLocation: false,
  createWithout: [] as readonly string[],
  clockAhead: 0,
  staysOffDisk: true,
};

/**
 * Emulates TIR's token API and the gateway in front of it on the loopback interface, with a switch for everything that can go wrong.
 * `GET /whoami/` is a protected call for scripts: it answers 200 to a valid token, and 401 otherwise.
 */
export class Emulator {
  readonly tokens: PlatformToken[] = [];
  /** Every token that `seed` or a call created, including deleted ones. */
  readonly made: PlatformToken[] = [];
  /** Every call, such as `GET /auth-token/`, in the order of arrival. */
  readonly calls: string[] = [];
  /** When the last answer was sent; milliseconds since 1970, with fractions. */
  answeredAt = 0;
  /** Whether the list has values and API keys. The older guide says that it hasn't. */
  listWithValues = defaultSwitches.listWithValues;
  /** What the values of new tokens look like. */
  values = defaultSwitches.values;
  /** Which times the answers have. */
  times = defaultSwitches.times;
  /** Accounts of contact persons that the person can act in. */
  accounts = defaultSwitches.accounts;
  /** Whether each project is in all locations. */
  anyLocation = defaultSwitches.anyLocation;
  /** Fields that the answer to a creation omits. */
  createWithout: readonly string[] = defaultSwitches.createWithout;
  /** Milliseconds that its clock is ahead of this machine's. */
  clockAhead = defaultSwitches.clockAhead;

  /** Whether the search for secrets looks for the values of new tokens. */
  staysOffDisk = defaultSwitches.staysOffDisk;

  readonly #faults: { method: string; fault: Fault; times: number }[] = [];
  readonly #app;
  #nextId = 1001;
  #origin = '';

  private constructor(certificate: Certificate | undefined) {
    this.#app = fastify({
      forceCloseConnections: true,
      serverFactory: (listener) => (certificate ? createServer(certificate, listener) : createPlainServer(listener)),
    });
    this.#routes();
  }

  /** Starts on a free port. @param certificate for `https:`; without it, `http:` */
  static async start(certificate?: Certificate): Promise<Emulator> {
    const emulator = new Emulator(certificate);
    await emulator.#app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = emulator.#app.server.address() as AddressInfo;
    emulator.#origin = `${certificate ? 'https' : 'http'}://127.0.0.1:${port}`;
    return emulator;
  }

  async stop(): Promise<void> {
    await this.#app.close();
  }

  get origin(): string {
    return this.#origin;
  }

  /** The base URL in the form of the API reference. */
  get apiUrl(): string {
    return this.#origin + (bases[0]?.path ?? '');
  }

  /** The base URL in the form of the guide's example. */
  get bearerOnlyUrl(): string {
    return this.#origin + (bases[1]?.path ?? '');
  }

  /** Adds a token as if someone had created it on the TIR website. Values are generated at run time. */
  seed(name: string, given: Partial<Omit<PlatformToken, 'name' | 'value'>> = {}): PlatformToken {
    const createdAt = given.createdAt ?? this.#now();
    const token: PlatformToken = {
      id: this.#nextId++,
      name,
      value: newValue(createdAt, this.values),
      apiKey: randomUUID(),
      projectId: 4711,
      location: 'Delhi',
      createdAt,
      listed: true,
      ...given,
    };
    this.tokens.push(token);
    this.made.push(token);
    if (this.staysOffDisk) {
      noteSecrets(token);
    }
    return token;
  }

  /** Adds many copies of a token, each with its own ID and name. */
  fill(beside: PlatformToken, count: number): void {
    for (let index = 1; index <= count; index++) {
      this.tokens.push({ ...beside, id: this.#nextId++, name: `token-${index}` });
    }
  }

  revoke(id: number): void {
    this.tokens.splice(0, Infinity, ...this.tokens.filter((token) => token.id !== id));
  }

  /** Applies a fault to the next `times` calls with this method. */
  fail(method: 'GET' | 'POST' | 'DELETE', fault: Fault, times = 1): void {
    this.#faults.push({ method, fault, times });
  }

  heal(): void {
    this.#faults.length = 0;
  }

  /** Removes all tokens, calls and faults, and resets the switches. IDs aren't reused. */
  reset(): void {
    this.heal();
    this.tokens.length = this.made.length = this.calls.length = 0;
    Object.assign(this, defaultSwitches);
  }

  #routes(): void {
    this.#app.addHook('onResponse', () => {
      this.answeredAt = performance.timeOrigin + performance.now();
      return Promise.resolve();
    });
    for (const { path, wantsApiKey } of bases) {
      const url = `${path}/auth-token/`;
      this.#app.get(url, (request, reply) => this.#answer(request, reply, wantsApiKey, (self) => this.#list(self)));
      this.#app.post(url, (request, reply) =>
        this.#answer(request, reply, wantsApiKey, (self) => this.#create(self, request.body)),
      );
      this.#app.get(`${path}/users/iam-accounts/`, (request, reply) =>
        this.#answer(request, reply, wantsApiKey, undefined),
      );
      this.#app.delete<{ Params: { id: string } }>(`${url}:id/`, (request, reply) =>
        this.#answer(request, reply, wantsApiKey, (self) => this.#delete(self, Number(request.params.id))),
      );
    }
    this.#app.get('/whoami/', async (request, reply) => {
      const token = this.#bearer(request);
      return token
        ? reply.send(envelope(200, { token_name: token.name }, 'Success'))
        : reply.code(401).send(envelope(401, {}, 'Unauthorized', 'The token is not valid'));
    });
  }

  async #answer(
    request: FastifyRequest,
    reply: FastifyReply,
    wantsApiKey: boolean,
    work: ((self: PlatformToken) => Answer) | undefined,
  ): Promise<FastifyReply> {
    this.calls.push(`${request.method} ${request.url.replace(/\?.*$/, '').replace(/^.*(?=\/(auth-token|users))/, '')}`);
    const fault = this.#takeFault(request.method);
    await fault.hold;
    if (breaksOff(fault, 'before', request)) {
      return reply;
    }
    void reply.header('date', new Date(this.#now()).toUTCString());
    const instead = sendInstead(fault, reply);
    if (instead) {
      return instead;
    }
    const answer = this.#checked(request, wantsApiKey, work);
    return breaksOff(fault, 'after', request) ? reply : sendAnswer(fault, answer, reply);
  }

  #now(): number {
    return Date.now() + this.clockAhead;
  }

  #takeFault(method: string): Fault {
    const planned = this.#faults.find((candidate) => candidate.method === method && candidate.times > 0);
    if (!planned) {
      return {};
    }
    planned.times--;
    return planned.fault;
  }

  /** @param work undefined for the accounts, the one call that needs no project */
  #checked(request: FastifyRequest, wantsApiKey: boolean, work: ((self: PlatformToken) => Answer) | undefined): Answer {
    const query = request.query as Record<string, string | undefined>;
    const token = this.#bearer(request);
    const apiKey = query['apikey'];
    const isKeyOf = (one: PlatformToken) => one.apiKey === apiKey && isValid(one);
    if (apiKey === undefined ? wantsApiKey : !this.tokens.some(isKeyOf)) {
      return notPublic();
    }
    if (!token) {
      return policyFailure('OAuth2 token is not valid.');
    }
    if (apiKey !== undefined && apiKey !== token.apiKey) {
      return notPublic();
    }
    if (!work) {
      return { status: 200, body: envelope(200, this.accounts, 'Success') };
    }
    if (!/^\d+$/.test(query['project_id'] ?? '') || !['Delhi', 'Chennai'].includes(query['location'] ?? '')) {
      return failed(400, 'Bad Request', { project_id: ['project_id and location are required'] });
    }
    const isThere = this.anyLocation || query['location'] === token.location;
    const isHome = Number(query['project_id']) === token.projectId && isThere;
    if (!isHome || query['active_iam'] !== token.activeIam?.toString()) {
      return failed(403, 'Forbidden', 'You are not a member of this project');
    }
    return work(token);
  }

  #bearer(request: FastifyRequest): PlatformToken | undefined {
    const value = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    return this.tokens.find((token) => token.value === value && isValid(token));
  }

  #list(self: PlatformToken): Answer {
    const data = this.tokens
      .filter((token) => token.listed && isSameHome(token, self))
      .map((token) => this.#entry(token, this.listWithValues));
    return { status: 200, body: envelope(200, data, 'Success') };
  }

  #create(self: PlatformToken, body: unknown): Answer {
    const name = (body as { token_name?: unknown } | undefined)?.token_name;
    if (typeof name !== 'string' || name === '') {
      return failed(400, 'Bad Request', { token_name: ['This field is required.'] });
    }
    // A deleted token's name stays taken.
    if (this.made.some((token) => token.name === name && token.projectId === self.projectId)) {
      return failed(409, 'Conflict', { token_name: ['A token with this name exists already.'] });
    }
    const { projectId, location, activeIam } = self;
    const token = this.seed(name, { projectId, location, ...(activeIam !== undefined && { activeIam }) });
    const entry = Object.entries(this.#entry(token, true)).filter(([field]) => !this.createWithout.includes(field));
    return { status: 201, body: envelope(201, Object.fromEntries(entry), 'Created Successfully') };
  }

  #delete(self: PlatformToken, id: number): Answer {
    const token = this.tokens.find((candidate) => candidate.id === id && candidate.projectId === self.projectId);
    if (!token) {
      return failed(404, 'Not Found', 'No such token');
    }
    this.revoke(id);
    return { status: 200, body: envelope(200, `${token.name} - Deleted Successfully`, 'Success') };
  }

  #entry(token: PlatformToken, withValue: boolean): Record<string, unknown> {
    return {
      id: token.id,
      token_name: token.name,
      ...(withValue && { api_key: token.apiKey, auth_token: token.value }),
      ...timesOf(token, this.#now(), this.times),
    };
  }
}
