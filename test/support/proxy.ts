import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';

/** What lets browsers and editors out of a company's network: it opens connections for who asks it to (CONNECT). */
export interface Proxy {
  readonly url: string;
  /** What it was asked to connect to, as `host:port`, in the order of arrival. */
  readonly targets: string[];
  stop(): Promise<void>;
}

/** @param resolve the port on this machine that stands for a target; undefined where there is none */
export async function startProxy(resolve: (target: string) => number | undefined): Promise<Proxy> {
  const targets: string[] = [];
  const server = createServer((_, response) => {
    response.writeHead(405).end();
  });
  const open = new Set<{ destroy(): unknown }>();
  server.on('connect', ({ url: target = '' }, client, head) => {
    targets.push(target);
    const port = resolve(target);
    open.add(client);
    client.on('error', () => undefined);
    if (port === undefined) {
      client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    open.add(upstream);
    upstream.on('error', () => client.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    targets,
    stop() {
      for (const socket of open) {
        socket.destroy();
      }
      return new Promise((closed) => server.close(() => closed()));
    },
  };
}
