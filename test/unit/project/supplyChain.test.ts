import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { bundledPackages } from '../../../scripts/build.mjs';
import { npmCli } from '../../../scripts/process.mjs';
import { root } from '../../../scripts/root.mjs';

interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly hasInstallScript?: boolean;
}

/** Licenses that require only attribution. */
const permissive = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD'];

/** Runs npm in the project. Resolves to its JSON output, even if npm fails. */
async function npm(...args: string[]): Promise<unknown> {
  const options = { cwd: root, maxBuffer: 1 << 26 };
  const { stdout } = await promisify(execFile)(process.execPath, [npmCli(), ...args, '--json'], options).catch(
    (error: unknown) => error as { stdout: string },
  );
  return JSON.parse(stdout);
}

describe('dependencies', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  const locked = Object.entries(packages).filter(([path]) => path !== '');
  const atRunTime = locked.filter(([, { dev, devOptional }]) => !dev && !devOptional);

  it('are installed in the versions of the lock file, which has a hash for each', async () => {
    assert.deepEqual(
      locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path),
      [],
    );
    const { problems = [] } = (await npm('ls', '--all')) as { problems?: string[] };
    assert.deepEqual(problems, []);
    // `npm ci` fails if the lock file doesn't match package.json, and checks each package against its hash.
    const setup = readFileSync(join(root, 'scripts', 'setup.mjs'), 'utf8');
    assert.match(setup, /runNpm\(\['ci',/);
  });

  it('have no install scripts if they are needed at run time', () => {
    assert.ok(atRunTime.length > 5);
    assert.deepEqual(
      atRunTime.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path),
      [],
    );
  });

  it('are named in THIRD-PARTY.txt with their licenses if they are bundled', async () => {
    const names = await bundledPackages();
    const shippedNotices = readFileSync(join(root, 'dist', 'THIRD-PARTY.txt'), 'utf8');
    assert.ok(names.length > 0);
    for (const name of names) {
      const { version, license } = packages[`node_modules/${name}`] ?? assert.fail(name);
      assert.ok(permissive.includes(license ?? ''), `${name} is under ${license}`);
      assert.ok(shippedNotices.includes(`${name} ${version}: ${license}`), name);
      const folder = join(root, 'node_modules', name);
      for (const file of readdirSync(folder).filter((entry) => /^licen[cs]e/i.test(entry))) {
        assert.ok(shippedNotices.includes(readFileSync(join(folder, file), 'utf8').trim()), `${name}: ${file}`);
      }
    }
    console.log(`    ${names.length} packages of others are in the bundle: ${names.join(', ')}`);
  });
});
