import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { parse } from 'yaml';

import { bundledPackages } from '../../scripts/build.mjs';
import { notices } from '../../scripts/notices.mjs';
import { root } from '../../scripts/root.mjs';

interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly hasInstallScript?: boolean;
}

/** Licences that ask for no more than to be named. */
const permissive = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD'];

/** Runs npm in the project. Resolves to its JSON, whatever its exit code says. */
async function npm(...args: string[]): Promise<unknown> {
  const options = { cwd: root, maxBuffer: 1 << 26, shell: process.platform === 'win32' };
  const { stdout } = await promisify(execFile)('npm', [...args, '--json'], options).catch(
    (error: unknown) => error as { stdout: string },
  );
  return JSON.parse(stdout);
}

describe('the supply chain', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  const locked = Object.entries(packages).filter(([path]) => path !== '');
  const atRunTime = locked.filter(([, { dev, devOptional }]) => !dev && !devOptional);

  it('what is installed is what the lock file says, byte by byte', async () => {
    assert.deepEqual(
      locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path),
      [],
    );
    const { problems = [] } = (await npm('ls', '--all')) as { problems?: string[] };
    assert.deepEqual(problems, []);
    // `npm ci` refuses a lock file that does not fit, and checks each package against its hash.
    const setup = readFileSync(join(root, 'scripts', 'setup.mjs'), 'utf8');
    assert.match(setup, /run\('npm', \['ci',/);
  });

  it('no package that the extension needs runs a script when it is installed', () => {
    assert.ok(atRunTime.length > 5);
    assert.deepEqual(
      atRunTime.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path),
      [],
    );
  });

  it('whose work is in the bundle, and under which licence, is in the package', async () => {
    const names = await bundledPackages();
    const shippedNotices = readFileSync(join(root, 'dist', 'THIRD-PARTY.txt'), 'utf8');
    assert.equal(shippedNotices, notices(names));
    for (const name of names) {
      const { version, license } = packages[`node_modules/${name}`] ?? assert.fail(name);
      assert.ok(permissive.includes(license ?? ''), `${name} is under ${license}`);
      assert.ok(shippedNotices.includes(`${name} ${version}: ${license}`), name);
    }
    console.log(`    ${names.length} packages of others are in the bundle: ${names.join(', ')}`);
  });

  it('no package has a known weakness, as far as the registry tells', async () => {
    const { metadata, statusCode } = (await npm('audit', '--audit-level=moderate')) as {
      metadata?: { vulnerabilities: Record<string, number> };
      statusCode?: number;
    };
    if (metadata) {
      const { moderate, high, critical } = metadata.vulnerabilities;
      assert.deepEqual({ moderate, high, critical }, { moderate: 0, high: 0, critical: 0 });
    } else {
      // The workflow asks once more, where a registry has to answer.
      const reason = statusCode === undefined ? 'it cannot be reached' : `it answers with ${statusCode}`;
      console.log(`    the registry does not tell of weaknesses, so that none were looked for: ${reason}`);
    }
    const workflow = parse(readFileSync(join(root, '.github', 'workflows', 'ci.yml'), 'utf8')) as {
      jobs: { suites: { steps: { run?: string }[] } };
    };
    assert.ok(workflow.jobs.suites.steps.some(({ run }) => run === 'npm audit --audit-level=moderate'));
  });
});
