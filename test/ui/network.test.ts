import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Emulator } from '../emulator/emulator';
import { newAuthority } from '../support/certificates';
import { startProxy, type Proxy } from '../support/proxy';
import { limit, testedEditor } from './editor';
import { Workbench } from './workbench';

/** A host name that only the proxy can resolve (RFC 6761). */
const host = 'api.tir.test';
const behindProxy = `https://${host}/myaccount/api/v1/gpu`;

const folder = join(tmpdir(), `tir-authorities-${process.pid}`);
const fileOf = (authority: string) => join(folder, `${authority}.pem`);

describe('Company network', () => {
  let workbench: Workbench | undefined;
  let proxy: Proxy;
  /** Servers by issuer: trusted through NODE_EXTRA_CA_CERTS, by the system, or not at all. */
  let servers: Record<'extra' | 'system' | 'unknown', Emulator>;
  const start = async (authority: string) => {
    const { certificate, server } = await newAuthority(host, authority);
    writeFileSync(fileOf(authority), certificate);
    return Emulator.start(server);
  };
  before(async () => {
    mkdirSync(folder);
    servers = { extra: await start('extra'), system: await start('system'), unknown: await start('unknown') };
    const { port } = new URL(servers.extra.origin);
    proxy = await startProxy((target) => (target === `${host}:443` ? Number(port) : undefined));
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      const failed = workbench;
      workbench = undefined;
      await failed?.close(this.currentTest);
    }
  });
  after(async () => {
    await workbench?.close();
    for (const server of Object.values(servers)) {
      await server.stop();
    }
    await proxy.stop();
    rmSync(folder, { recursive: true });
  });

  const reached = () => proxy.targets.filter((target) => target.startsWith(host)).length;
  /** Opens a window with these settings. VS Code trusts the issuer `extra`, and the newest version also `system`. */
  const open = async (settings: Record<string, unknown>) => {
    proxy.targets.length = 0;
    await workbench?.renew({ settings });
    workbench ??= await Workbench.open('network', {
      settings,
      env: {
        NODE_EXTRA_CA_CERTS: fileOf('extra'),
        ...(testedEditor === 'newest' && { SSL_CERT_FILE: fileOf('system') }),
      },
    });
    await workbench.openView();
    return workbench;
  };
  const throughProxy = () => ({
    'tir.apiUrl': behindProxy,
    'http.proxy': proxy.url,
    // VS Code 1.96 trusts the certificates either of the system or of Node.
    ...(testedEditor === 'oldest' && { 'http.systemCertificates': false }),
  });
  /** Signs in with a new token of this server. */
  const signIn = async (shown: Workbench, server: Emulator) => {
    const token = server.seed('first-token');
    await shown.welcomeButton('Sign In…').click();
    await shown.signInWith(token);
  };

  it('connects through http.proxy to a server that NODE_EXTRA_CA_CERTS trusts', async () => {
    const shown = await open(throughProxy());
    await signIn(shown, servers.extra);
    await shown.row(/^first-token, /).waitFor();
    await shown.createToken('dev-laptop');
    assert.ok(servers.extra.calls.length > 0 && reached() > 0);
    await shown.screenshot('proxy');
  });

  it('connects to hosts in http.noProxy without the proxy', async () => {
    servers.extra.calls.length = 0;
    const shown = await open({ ...throughProxy(), 'http.noProxy': [host] });
    await signIn(shown, servers.extra);
    // Only the proxy can resolve the host.
    const reason = shown.question.getByText(/Couldn't reach api\.tir\.test|api\.tir\.test didn't answer in time/);
    await reason.waitFor({ timeout: 8 * limit });
    assert.deepEqual([reached(), servers.extra.calls.length], [0, 0]);
  });

  // VS Code 1.96 reads only the machine's certificate files, which a test must not change.
  if (testedEditor === 'newest') {
    it('connects to a server that the system trusts', async () => {
      const shown = await open({ 'tir.apiUrl': servers.system.apiUrl });
      await signIn(shown, servers.system);
      await shown.row(/^first-token, /).waitFor();
    });
  }

  it('sends nothing to a server with an untrusted certificate', async () => {
    const shown = await open({ 'tir.apiUrl': servers.unknown.apiUrl });
    await signIn(shown, servers.unknown);
    await shown.question
      .getByText(/Nothing was sent to .*, because this machine doesn't trust its certificate/)
      .waitFor();
    await shown.screenshot('untrusted-certificate');
    assert.equal(servers.unknown.calls.length, 0);
  });
});
