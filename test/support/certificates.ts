import { generate } from 'selfsigned';

import type { Certificate } from '../emulator/platform';

/**
 * A certificate authority, and a server certificate that it issued for 127.0.0.1 and another host name. Created at run
 * time, and valid for a day.
 */
export interface Authority {
  /** The authority's certificate, to be trusted, as PEM. */
  readonly certificate: string;
  readonly server: Certificate;
}

const options = { keyType: 'ec', algorithm: 'sha256' } as const;

/**
 * Creates an authority and a server certificate.
 * @param host second host name of the server
 * @param name of the authority. If two authorities share a name, a client may check only the wrong one
 */
export async function newAuthority(host = 'localhost', name = 'Test authority'): Promise<Authority> {
  const notAfterDate = new Date(Date.now() + 24 * 60 * 60 * 1000);
  const authority = await generate([{ name: 'commonName', value: name }], {
    ...options,
    notAfterDate,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    ...options,
    notAfterDate,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: host },
        ],
      },
    ],
  });
  return { certificate: authority.cert, server: { key: server.private, cert: server.cert } };
}
