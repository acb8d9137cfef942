import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';

/** An HTTP proxy, as at the edge of a company network. It opens connections on request (CONNECT). */
export interface Proxy {
  readonly url: string;
  /** Requested targets as `host:port`, in the order of arrival. */
  readonly targets: string[];
  stop(): Promise<void>;
}

/** Starts a proxy. @param resolve returns the local port that stands for a target; undefined refuses the connection */
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
