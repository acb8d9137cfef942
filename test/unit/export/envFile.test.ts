import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { addIgnoreLine, removeFromEnvFile, replacedNames, saveToEnvFile } from '../../../src/export/envFile';
import { until } from '../../support/until';

describe('a .env file', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tir-env-'));
    file = join(folder, '.env');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const variables = new Map([['TIR_API_TOKEN', 'abc#def']]);
  const modeOf = () => statSync(file).mode & 0o777;

  it('is accessible only to its owner, even if it was not before, and leaves no other file behind', async () => {
    await saveToEnvFile(file, variables);
    assert.equal(modeOf(), process.platform === 'win32' ? modeOf() : 0o600);
    writeFileSync(file, 'A=1\n');
    chmodSync(file, 0o644);
    await saveToEnvFile(file, variables);
    assert.equal(modeOf(), process.platform === 'win32' ? modeOf() : 0o600);
    assert.equal(readFileSync(file, 'utf8'), "A=1\nTIR_API_TOKEN='abc#def'\n");
    assert.deepEqual(readdirSync(folder), ['.env']);
  });

  it('can be read by node --env-file', async () => {
    writeFileSync(file, 'A="two\nlines"\n');
    await saveToEnvFile(file, variables);
    const script = 'console.log(JSON.stringify([process.env.A, process.env.TIR_API_TOKEN]))';
    const { stdout } = spawnSync(process.execPath, [`--env-file=${file}`, '-e', script], { encoding: 'utf8', env: {} });
    assert.deepEqual(JSON.parse(stdout), ['two\nlines', 'abc#def']);
  });

  it('keeps bytes that are not valid UTF-8', async () => {
    writeFileSync(file, Buffer.from([0x41, 0x3d, 0xe9, 0xff, 0x0a]));
    await saveToEnvFile(file, variables);
    assert.deepEqual([...readFileSync(file).subarray(0, 5)], [0x41, 0x3d, 0xe9, 0xff, 0x0a]);
  });

  it('is not written if it is a symbolic link, a folder, in UTF-16, or in a missing folder', async () => {
    const target = join(folder, 'target');
    writeFileSync(target, 'A=1\n');
    symlinkSync(target, file);
    await assert.rejects(saveToEnvFile(file, variables), /is a symbolic link/);
    assert.equal(readFileSync(target, 'utf8'), 'A=1\n');
    rmSync(file);
    mkdirSync(file);
    await assert.rejects(saveToEnvFile(file, variables), /that isn't a file/);
    rmSync(file, { recursive: true });
    writeFileSync(file, 'A=1\n', 'utf16le');
    await assert.rejects(saveToEnvFile(file, variables), /isn't in UTF-8/);
    await assert.rejects(saveToEnvFile(join(folder, 'none', '.env'), variables), {
      code: 'storage-failed',
      message: /ENOENT/,
    });
  });

  it('loses the lines of another token, and those that the new one has no value for', async () => {
    const text =
      'A=1\nTIR_API_TOKEN=old\nOPENAI_API_KEY=old\nMINE=old\nE2E_TIR_ACCESS_TOKEN=old\nE2E_TIR_API_KEY=key\n';
    writeFileSync(file, text);
    assert.deepEqual(replacedNames(readFileSync(file, 'utf8'), variables), [
      ...['TIR_API_TOKEN', 'OPENAI_API_KEY', 'E2E_TIR_ACCESS_TOKEN', 'E2E_TIR_API_KEY'],
    ]);
    await saveToEnvFile(file, variables);
    assert.equal(readFileSync(file, 'utf8'), "A=1\nTIR_API_TOKEN='abc#def'\nMINE=old\n");
    writeFileSync(file, text);
    await saveToEnvFile(file, variables, ['MINE']);
    assert.equal(readFileSync(file, 'utf8'), "A=1\nTIR_API_TOKEN='abc#def'\n");
    writeFileSync(file, "TIR_API_TOKEN='abc#def'\nE2E_TIR_API_KEY=key\nOPENAI_API_KEY=own\n");
    assert.deepEqual(replacedNames(readFileSync(file, 'utf8'), variables), []);
    await saveToEnvFile(file, variables);
    assert.equal(readFileSync(file, 'utf8'), "TIR_API_TOKEN='abc#def'\nE2E_TIR_API_KEY=key\nOPENAI_API_KEY=own\n");
    await saveToEnvFile(file, new Map([...variables, ['E2E_TIR_ACCESS_TOKEN', 'abc#def']]));
    assert.match(readFileSync(file, 'utf8'), /E2E_TIR_API_KEY/, 'that of this token');
    writeFileSync(file, 'TIR_API_TOKEN=old\nE2E_TIR_API_KEY=key\n');
    await saveToEnvFile(file, new Map([...variables, ['E2E_TIR_ACCESS_TOKEN', 'abc#def']]));
    assert.doesNotMatch(readFileSync(file, 'utf8'), /E2E_TIR_API_KEY/, 'that of another token');
  });

  it('keeps what a person wrote, whatever value it has', async () => {
    for (const before of ['', 'changeme']) {
      const text = `DATABASE_URL=${before}\nE2E_TIR_PROJECT_ID=7\nE2E_TIR_ACCESS_TOKEN=\nE2E_TIR_API_KEY=key\n`;
      writeFileSync(file, `TIR_API_TOKEN=${before}\n${text}`);
      await saveToEnvFile(file, variables, ['MINE']);
      assert.equal(readFileSync(file, 'utf8'), `TIR_API_TOKEN='abc#def'\n${text}`);
    }
    writeFileSync(file, 'TIR_API_TOKEN=own\nTIR_API_TOKEN="abc#def"\n');
    assert.deepEqual(replacedNames(readFileSync(file, 'utf8'), variables), ['TIR_API_TOKEN'], 'each of them');
  });

  it("is written by way of git's folder if its own folder is a link into a repository", async () => {
    const inside = join(folder, 'repository', 'app');
    mkdirSync(join(folder, 'repository', '.git'), { recursive: true });
    mkdirSync(inside);
    symlinkSync(inside, join(folder, 'link'));
    const watched = watch(inside);
    const seen: string[] = [];
    watched.on('change', (_, name) => seen.push(String(name)));
    await saveToEnvFile(join(folder, 'link', '.env'), variables);
    await until('the file', () => seen.includes('.env'));
    watched.close();
    assert.deepEqual(new Set(seen), new Set(['.env']));
  });

  it('is written by way of the folder that git never commits, where a crash leaves nothing for long', async () => {
    const git = join(folder, '.git');
    mkdirSync(git);
    const left = join(git, '.env.0123456789ab.tmp');
    writeFileSync(left, 'TIR_API_TOKEN=left');
    utimesSync(left, 0, 0);
    const inside = join(folder, 'sub');
    mkdirSync(inside);
    await saveToEnvFile(join(inside, '.env'), variables);
    assert.deepEqual([readdirSync(git), readdirSync(inside)], [[], ['.env']]);
    rmSync(git, { recursive: true });
    const worktree = join(folder, 'worktree-data');
    writeFileSync(git, `gitdir: ${worktree}\n`);
    await saveToEnvFile(file, variables);
    assert.match(readFileSync(file, 'utf8'), /TIR_API_TOKEN/, 'although the folder is missing');
    assert.deepEqual(await removeFromEnvFile(file, (value) => value === 'abc#def'), ['TIR_API_TOKEN']);
    mkdirSync(worktree);
    await saveToEnvFile(file, variables);
    assert.deepEqual(readdirSync(worktree), []);
  });

  it('is written beside a repository that cannot be written', async function () {
    if (process.platform !== 'linux') {
      this.skip();
    }
    // Root, as in a container, may write whatever a mode says, but no file can be made in this folder.
    writeFileSync(join(folder, '.git'), 'gitdir: /proc/self\n');
    await saveToEnvFile(file, variables);
    assert.match(readFileSync(file, 'utf8'), /TIR_API_TOKEN/);
    assert.deepEqual(readdirSync(folder).sort(), ['.env', '.git']);
  });

  it("can be saved while another window's temporary file disappears", async () => {
    const git = join(folder, '.git');
    mkdirSync(git);
    // Its name is there and it isn't, as if it was renamed in between.
    symlinkSync('nowhere', join(git, '.env.0123456789ab.tmp'));
    await saveToEnvFile(file, variables);
    assert.match(readFileSync(file, 'utf8'), /TIR_API_TOKEN/);
  });

  it('takes away what a crash has left beside it', async () => {
    mkdirSync(join(folder, '.git'));
    const [left, fresh] = ['0123456789ab', 'ba9876543210'].map((part) => `.env.${part}.tmp`);
    for (const name of [left, fresh]) {
      writeFileSync(join(folder, name!), 'TIR_API_TOKEN=left');
    }
    utimesSync(join(folder, left!), 0, 0);
    await saveToEnvFile(file, variables);
    assert.deepEqual(readdirSync(folder).sort(), ['.env', fresh, '.git'].sort(), "another window's is younger");
  });

  it('loses the lines of a token, and keeps everything else, its bytes, and its mode of 0600', async () => {
    const others = Buffer.from([0x41, 0x3d, 0xe9, 0xff, 0x0d, 0x0a]);
    writeFileSync(file, others);
    await saveToEnvFile(file, new Map([...variables, ['MY_TOKEN', 'abc#def'], ['OTHER', 'abc']]));
    chmodSync(file, 0o644);
    assert.deepEqual(await removeFromEnvFile(file, (value) => value === 'abc#def'), ['TIR_API_TOKEN', 'MY_TOKEN']);
    assert.deepEqual(readFileSync(file), Buffer.concat([others, Buffer.from('OTHER=abc\r\n')]));
    assert.equal(modeOf(), process.platform === 'win32' ? modeOf() : 0o600);
    assert.deepEqual(readdirSync(folder), ['.env']);
  });

  it('stays if nothing is left in it, is untouched if no token is in it, and is not created', async () => {
    const isTokenValue = (value: string) => value === 'abc#def';
    assert.deepEqual(await removeFromEnvFile(file, isTokenValue), []);
    assert.deepEqual(readdirSync(folder), []);
    await saveToEnvFile(file, variables);
    await removeFromEnvFile(file, isTokenValue);
    assert.equal(readFileSync(file, 'utf8'), '');
    writeFileSync(file, 'A=1\n');
    const { mtimeMs, ino } = statSync(file);
    assert.deepEqual(await removeFromEnvFile(file, isTokenValue), []);
    assert.deepEqual([statSync(file).mtimeMs, statSync(file).ino], [mtimeMs, ino]);
    rmSync(file);
    symlinkSync('elsewhere', file);
    await assert.rejects(removeFromEnvFile(file, isTokenValue), { code: 'invalid-input' });
  });

  it('leaves no temporary file behind if it cannot be written', async () => {
    /** Creates a folder of the file's name once `saveToEnvFile` has looked for the file. */
    class Meanwhile extends Map<string, string> {
      override [Symbol.iterator]() {
        mkdirSync(file);
        return super[Symbol.iterator]();
      }
    }
    await assert.rejects(saveToEnvFile(file, new Meanwhile(variables)), { code: 'storage-failed' });
    assert.deepEqual(readdirSync(folder), ['.env']);
  });

  it('is added to .gitignore on its own line, with the line endings of that file', async () => {
    const ignoring = join(folder, '.gitignore');
    await addIgnoreLine(folder);
    assert.equal(readFileSync(ignoring, 'utf8'), '.env\n');
    writeFileSync(ignoring, 'dist\r\nout');
    await addIgnoreLine(folder);
    assert.equal(readFileSync(ignoring, 'utf8'), 'dist\r\nout\r\n.env\r\n');
  });

  it('leaves a .gitignore alone that git cannot read with a line in ASCII', async () => {
    const ignoring = join(folder, '.gitignore');
    const text = Buffer.from('\ufeffdist\n', 'utf16le');
    writeFileSync(ignoring, text);
    await assert.rejects(addIgnoreLine(folder), { code: 'invalid-input', message: /^Git can't read .gitignore/ });
    assert.deepEqual(readFileSync(ignoring), text);
    rmSync(ignoring);
    const target = join(folder, 'shared-ignore');
    writeFileSync(target, 'dist\n');
    symlinkSync(target, ignoring);
    await assert.rejects(addIgnoreLine(folder), { code: 'invalid-input', message: /isn't a regular UTF-8 file/ });
    assert.equal(readFileSync(target, 'utf8'), 'dist\n');
  });
});
