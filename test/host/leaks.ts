import { randomBytes, randomUUID } from 'node:crypto';

import * as vscode from 'vscode';

import { until } from '../support/until';

/** Credentials that nobody has issued, made at run time. */
export const made = {
  platformToken(): string {
    const part = (json: unknown) => Buffer.from(JSON.stringify(json)).toString('base64url');
    const iss = 'http://gateway.e2enetworks.com/auth/realms/apiman';
    return [part({ alg: 'RS256' }), part({ iss, jti: randomUUID() }), randomBytes(64).toString('base64url')].join('.');
  },
  opaque: () => `Q${randomBytes(48).toString('hex')}7`,
};

export function leaksIn(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages
    .getDiagnostics(uri)
    .filter(({ source }) => source === 'TIR Tokens')
    .sort((a, b) => a.range.start.compareTo(b.range.start));
}

/** The leaks that are shown in a document, once they are so many. */
export async function waitForLeaks(uri: vscode.Uri, count: number): Promise<vscode.Diagnostic[]> {
  return until(`${count} leaks in ${uri.path}`, () => {
    const leaks = leaksIn(uri);
    return leaks.length === count ? leaks : undefined;
  });
}
