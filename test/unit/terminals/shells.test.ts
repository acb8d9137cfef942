import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

import { digestOf } from '../../../src/base/secret';
import { allStartUpFiles, digestCommand, findAssignment, shellAt, startUpFiles } from '../../../src/terminals/shells';

const key = 'a-key';

describe('the command that asks for a digest', () => {
  const shells = process.platform === 'win32' ? ['sh'] : ['sh', 'bash', 'zsh', 'fish'];
  for (const name of shells) {
    for (const value of ['eyJ0.a-b_c.d=', `it's "$x" \`y\` %s`, '']) {
      it(`prints that of the variable, and nothing else: ${name}, ${value || 'empty'}`, () => {
        const command = digestCommand(shellAt(`/bin/${name}`).kind, key, 'VARIABLE')!;
        const { stdout, stderr } = spawnSync(name, ['-c', command], {
          encoding: 'utf8',
          env: { ...process.env, ...(value && { VARIABLE: value }) },
        });
        assert.match(stdout, /^[0-9a-f]{64} {2}-\n$/);
        assert.ok(stdout.startsWith(digestOf(key, value)));
        assert.equal(stderr, '');
      });
    }
  }

  (process.platform === 'win32' ? it.skip : it)(
    'is that of an empty value if the shell refuses unset variables',
    () => {
      const command = digestCommand('posix', key, 'VARIABLE')!;
      const { stdout } = spawnSync('bash', ['-uc', command], { encoding: 'utf8', env: { PATH: process.env['PATH'] } });
      assert.ok(stdout.startsWith(digestOf(key, '')));
    },
  );

  it('exists for PowerShell, but not for shells whose syntax is unknown', () => {
    assert.match(digestCommand(shellAt('C:\\Windows\\pwsh.exe').kind, key, 'VARIABLE')!, /"a-key\$env:VARIABLE"/);
    assert.equal(digestCommand(shellAt('/usr/bin/nu').kind, key, 'VARIABLE'), undefined);
  });
});

describe('shellAt', () => {
  it('knows the shells in which shell integration works', () => {
    const paths = ['/bin/bash', '/usr/bin/zsh', 'C:\\Program Files\\PowerShell\\7\\pwsh.exe', '/bin/sh', '/usr/bin/nu'];
    assert.deepEqual(
      paths.map((path) => [shellAt(path).name, shellAt(path).isIntegrated]),
      [
        ['bash', true],
        ['zsh', true],
        ['pwsh', true],
        ['sh', false],
        ['nu', false],
      ],
    );
  });
});

describe('findAssignment', () => {
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['export TIR_API_TOKEN=eyJ.a.b', 'eyJ.a.b'],
    ['export TIR_API_TOKEN="eyJ.a.b" # mine', 'eyJ.a.b'],
    ['    set -gx TIR_API_TOKEN eyJ.a.b', 'eyJ.a.b'],
    ["TIR_API_TOKEN='eyJ.a.b'; export TIR_API_TOKEN", 'eyJ.a.b'],
    ['export TIR_API_TOKEN=$(cat ~/.tir)', undefined],
    ['export TIR_API_TOKEN="$OTHER"', undefined],
    ['export TIR_API_TOKEN=$(pass show TIR_API_TOKEN)', undefined],
    ['export A=1 TIR_API_TOKEN=a', 'a'],
    ['export TIR_API_TOKEN=a B=1', undefined],
    ['declare -x TIR_API_TOKEN=a', 'a'],
    ['set -gx TIR_API_TOKEN eyJ.a.b', 'eyJ.a.b'],
    ['set --global --export TIR_API_TOKEN "eyJ.a.b"', 'eyJ.a.b'],
    ['setenv TIR_API_TOKEN eyJ.a.b', 'eyJ.a.b'],
    ['$env:TIR_API_TOKEN = "eyJ.a.b"', 'eyJ.a.b'],
    ['$env.TIR_API_TOKEN = "eyJ.a.b"', 'eyJ.a.b'],
    ['$TIR_API_TOKEN = "eyJ.a.b"', 'eyJ.a.b'],
    ['set-env TIR_API_TOKEN eyJ.a.b', 'eyJ.a.b'],
  ];
  for (const [text, value] of lines) {
    it(`reads ${text}`, () => {
      const expected = { line: 1, ...(value !== undefined && { value }), mayBeSkipped: false };
      assert.deepEqual(findAssignment(`# first\n${text}\r\nlast`, 'TIR_API_TOKEN'), expected);
    });
  }

  it('takes the last one, and no comment, other name or use', () => {
    assert.equal(findAssignment('TIR_API_TOKEN=a\nTIR_API_TOKEN=b', 'TIR_API_TOKEN')?.line, 1);
    const others = [
      ...[
        '# TIR_API_TOKEN=a',
        'MY_TIR_API_TOKEN=a',
        'TIR_API_TOKEN_2=a',
        'echo TIR_API_TOKEN=a',
        '',
        'tir_api_token=a',
      ],
      ...[
        'TIR_API_TOKEN=a pytest',
        'export TIR_API_TOKEN="${TIR_API_TOKEN:-a}"',
        'export TIR_API_TOKEN=a\nunset A TIR_API_TOKEN # gone',
      ],
    ];
    for (const text of others) {
      assert.equal(findAssignment(text, 'TIR_API_TOKEN'), undefined);
    }
  });
});

it('findAssignment reads a long line in a short time', () => {
  // A quadratic search would take minutes.
  for (const begin of ['set -', 'unset ', 'export ', 'set -x ']) {
    assert.equal(
      findAssignment(`${begin}${'e e'.repeat(1e5)}\n${begin}${'e'.repeat(3e5)}`, 'TIR_API_TOKEN'),
      undefined,
    );
  }
});

describe('findAssignment within a condition', () => {
  it('says that the line may be skipped', () => {
    const found = findAssignment('if [ -f x ]; then\n  export TIR_API_TOKEN=a\nfi', 'TIR_API_TOKEN');
    assert.deepEqual(found, { line: 1, value: 'a', mayBeSkipped: true });
  });
});

describe('startUpFiles', () => {
  const files = (path: string, env: NodeJS.ProcessEnv = {}, runsCommand = false) =>
    startUpFiles(shellAt(path), runsCommand, env, '/home/me');

  it('are only those that a shell reads for a command, if it runs one', () => {
    assert.deepEqual(files('/bin/bash', {}, true), []);
    assert.deepEqual(files('/bin/sh', { ENV: '/my/shrc' }, true), []);
    assert.deepEqual(files('/bin/zsh', {}, true), ['/home/me/.zshenv']);
    assert.deepEqual(files('/bin/fish', {}, true), ['/home/me/.config/fish/config.fish']);
  });

  it('returns those of the shell, where its variables say they are', () => {
    assert.equal(files('/bin/bash')[0], '/home/me/.bashrc');
    assert.equal(files('/bin/zsh', { ZDOTDIR: '/z' })[0], '/z/.zshenv');
    assert.deepEqual(files('/bin/sh', { ENV: '/my/shrc' }), ['/my/shrc']);
    assert.deepEqual(files('/bin/sh'), []);
    assert.deepEqual(files('/usr/bin/fish', { XDG_CONFIG_HOME: '/c' }), ['/c/fish/config.fish']);
  });

  it('are followed by those of other shells, in which VS Code may have been started', () => {
    const all = allStartUpFiles(shellAt('/bin/fish'), {}, '/home/me');
    assert.equal(all[0], '/home/me/.config/fish/config.fish');
    assert.ok(all.includes('/home/me/.bashrc') && all.includes('/etc/environment'));
    assert.equal(new Set(all).size, all.length);
  });
});
