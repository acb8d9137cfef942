import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Emulator } from '../emulator/emulator';
import { newAuthority } from '../support/certificates';
import { startProxy, type Proxy } from '../support/proxy';
import { limit, testedEditor } from './editor';
import { Workbench } from './workbench';

/** A name that nobody but the proxy can resolve (RFC 6761). */
const host = 'api.tir.test';
const behindProxy = `https://${host}/myaccount/api/v1/gpu`;

const folder = join(tmpdir(), `tir-authorities-${process.pid}`);
const fileOf = (authority: string) => join(folder, `${authority}.pem`);

describe("a company's network", () => {
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
  /** The editor trusts two of the three issuers; each test sets its own settings. */
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
    // The older editor asks either the system or Node whom to trust.
    ...(testedEditor === 'oldest' && { 'http.systemCertificates': false }),
  });
  /** Answers all questions with a token of this server. */
  const signIn = async (shown: Workbench, server: Emulator) => {
    const token = server.seed('first-token');
    await shown.welcomeButton('Sign In…').click();
    await shown.signInWith(token);
  };

  it('a proxy (http.proxy), and a private authority (NODE_EXTRA_CA_CERTS)', async () => {
    const shown = await open(throughProxy());
    await signIn(shown, servers.extra);
    await shown.row(/^first-token, /).waitFor();
    await shown.createToken('dev-laptop');
    assert.ok(servers.extra.calls.length > 0 && reached() > 0);
    await shown.screenshot('proxy');
  });

  it('what needs no proxy (http.noProxy) is called without one', async () => {
    servers.extra.calls.length = 0;
    const shown = await open({ ...throughProxy(), 'http.noProxy': [host] });
    await signIn(shown, servers.extra);
    // Nobody but the proxy would find it.
    const reason = shown.question.getByText(/api\.tir\.test (cannot be reached|did not answer in time)/);
    await reason.waitFor({ timeout: 8 * limit });
    assert.deepEqual([reached(), servers.extra.calls.length], [0, 0]);
  });

  // The older editor reads files of the machine alone, which are not a test's to change.
  if (testedEditor === 'newest') {
    it('an authority of the system', async () => {
      const shown = await open({ 'tir.apiUrl': servers.system.apiUrl });
      await signIn(shown, servers.system);
      await shown.row(/^first-token, /).waitFor();
    });
  }

  it('a server that nobody vouches for gets nothing', async () => {
    const shown = await open({ 'tir.apiUrl': servers.unknown.apiUrl });
    await signIn(shown, servers.unknown);
    await shown.question.getByText(/Nothing was sent to .*: this machine does not trust its certificate/).waitFor();
    await shown.screenshot('untrusted-certificate');
    assert.equal(servers.unknown.calls.length, 0);
  });
});
