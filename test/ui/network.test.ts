import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { newAuthority, type Authority } from '../support/certificates';
import { startProxy, type Proxy } from '../support/proxy';
import { testedEditor } from './editor';
import { Workbench } from './workbench';

/** A name that nobody but the proxy can resolve (RFC 6761). */
const host = 'api.tir.test';
const apiUrl = `https://${host}/myaccount/api/v1/gpu`;

describe("a company's network", () => {
  let workbench: Workbench | undefined;
  let proxy: Proxy;
  let authority: Authority;
  let folder: string;
  let trusted: string;
  beforeEach(async () => {
    authority = await newAuthority(host);
    proxy = await startProxy((target) =>
      target === `${host}:443` && workbench ? Number(new URL(workbench.emulator.origin).port) : undefined,
    );
    folder = mkdtempSync(join(tmpdir(), 'tir-authority-'));
    trusted = join(folder, 'authority.pem');
    writeFileSync(trusted, authority.certificate);
  });
  afterEach(async function () {
    await workbench?.close(this.currentTest);
    workbench = undefined;
    await proxy.stop();
    rmSync(folder, { recursive: true });
  });

  const calls = () => workbench?.emulator.calls.length ?? 0;
  const reached = () => proxy.targets.filter((target) => target.startsWith(host)).length;

  const open = (name: string, settings: Record<string, unknown> = {}) =>
    Workbench.open(name, {
      certificate: authority.server,
      env: { NODE_EXTRA_CA_CERTS: trusted },
      settings: {
        'tir.apiUrl': apiUrl,
        'http.proxy': proxy.url,
        // The older editor asks either the system or Node whom to trust.
        ...(testedEditor === 'oldest' && { 'http.systemCertificates': false }),
        ...settings,
      },
    });

  it('a proxy (http.proxy), and a private authority (NODE_EXTRA_CA_CERTS)', async () => {
    workbench = await open('proxy');
    await workbench.openView();
    await workbench.signIn();
    await workbench.row(/^first-token, /).waitFor();
    await workbench.createToken('dev-laptop');
    assert.ok(calls() > 0 && reached() > 0);
    await workbench.screenshot('proxy');
  });

  it('what needs no proxy (http.noProxy) is called without one', async () => {
    workbench = await open('no-proxy', { 'http.noProxy': [host] });
    await workbench.openView();
    // Nobody but the proxy would find it.
    await failsToSignIn(workbench, /api\.tir\.test (cannot be reached|did not answer in time)/);
    assert.deepEqual([reached(), calls()], [0, 0]);
  });

  // The older editor reads files of the machine alone, which are not a test's to change.
  if (testedEditor === 'newest') {
    it('an authority of the system', async () => {
      workbench = await Workbench.open('system-authority', {
        certificate: authority.server,
        env: { SSL_CERT_FILE: trusted },
      });
      await workbench.openView();
      await workbench.signIn();
      await workbench.row(/^first-token, /).waitFor();
    });
  }

  it('a server that nobody vouches for gets nothing', async () => {
    workbench = await Workbench.open('no-authority', { certificate: authority.server });
    await workbench.openView();
    await failsToSignIn(workbench, /Nothing was sent to .*: this machine does not trust its certificate/);
    await workbench.screenshot('untrusted-certificate');
    assert.equal(calls(), 0);
  });

  /** Answers all questions, and comes back to the first one with the reason. */
  async function failsToSignIn(shown: Workbench, reason: RegExp): Promise<void> {
    const token = shown.emulator.seed('first-token');
    await shown.welcomeButton('Sign In…').click();
    await shown.signInWith(token);
    // Some machines look for a name for long, and the list is asked for several times.
    await shown.question.getByText(reason).waitFor({ timeout: 240_000 });
  }
});
