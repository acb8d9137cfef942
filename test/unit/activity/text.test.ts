import assert from 'node:assert/strict';

import { type ActivityEntry, actions } from '../../../src/activity/entries';
import { activityCsv, activityText } from '../../../src/activity/text';
import { actionWords, failureWords, reasonWords } from '../../../src/activity/words';

/** Returns a time that is the same local time of day in every time zone. */
const at = (day: number, hour: number, minute = 4) => new Date(2026, 0, day, hour, minute).toISOString();
const now = new Date(2026, 0, 12, 9);
const created: ActivityEntry = {
  time: at(12, 3),
  action: 'create',
  outcome: 'ok',
  connectionId: 'p-1-delhi',
  connection: 'Research',
  tokenId: 7,
  token: 'dev-laptop',
  window: 'w1',
};
const used: ActivityEntry = { ...created, time: at(12, 8), action: 'use', folder: 'file:///home/me/my%20app' };
const failed: ActivityEntry = { ...created, time: at(11, 23), action: 'rotate', outcome: 'offline' };
const refused: ActivityEntry = {
  time: at(3, 5),
  action: 'refused',
  outcome: 'unauthorized',
  connectionId: 'p-2-delhi',
  connection: 'Web',
  window: 'w1',
};
const text = (entries: readonly ActivityEntry[], filter = '', language = 'en') =>
  activityText(entries, { filter, language, now });
const lines = (entries: readonly ActivityEntry[], filter = '') => text(entries, filter).split('\n');

describe('activity text', () => {
  it('lists entries newest first, by day, in columns, and marks failures', () => {
    assert.deepEqual(lines([refused, failed, created, used]), [
      'Today, January 12, 2026',
      '  08:04   Used in terminals  Research  dev-laptop  in my app',
      '  03:04   Created            Research  dev-laptop',
      '',
      'Yesterday, January 11, 2026',
      '  23:04 × Rotation failed    Research  dev-laptop  Offline',
      '',
      'Saturday, January 3, 2026',
      '  05:04 × Refused by TIR     Web                   Not accepted',
      '',
    ]);
  });

  it('writes days in the display language', () => {
    assert.match(text([refused], '', 'de'), /^Samstag, 3\. Januar 2026\n/);
  });

  it('puts the later of two entries with the same time first', () => {
    const [, first, second] = lines([created, { ...created, action: 'copy' }]);
    assert.match(first!, /Copied/);
    assert.match(second!, /Created/);
  });

  it('says so if there are no entries, or none that match', () => {
    assert.equal(text([]), 'Nothing is recorded yet.\n');
    assert.equal(text([created, used], 'nothing'), 'Filtered by: nothing. Entries: 0 of 2.\n');
  });

  it('has different words for all actions, and none that are too long for their column', () => {
    const words = [actionWords(), failureWords(), reasonWords()].flatMap((texts) => Object.values(texts));
    for (const text of words) {
      assert.ok(text.length <= 20, text);
    }
    assert.equal(new Set(Object.values(actionWords())).size, actions.length);
  });

  it('names the project only if there are several', () => {
    assert.deepEqual(lines([failed, created]).slice(1, 5), [
      '  03:04   Created          dev-laptop',
      '',
      'Yesterday, January 11, 2026',
      '  23:04 × Rotation failed  dev-laptop  Offline',
    ]);
  });

  it('names the project of a failed sign-in, which has no ID', () => {
    const failedSignIn = { ...refused, action: 'sign-in', connectionId: undefined } as const;
    assert.match(text([created, failedSignIn]), /× Sign-in failed +Web +Not accepted/);
  });

  it('shows an ID only if a token has no name, or shares it with another one of its project', () => {
    const shown = (...others: ActivityEntry[]) =>
      lines([...others, created])[1]!
        .split(/ {2,}/)
        .at(-1);
    assert.equal(shown(), 'dev-laptop');
    assert.equal(shown({ ...created, tokenId: 8 }), 'dev-laptop (7)');
    assert.equal(shown({ ...created, tokenId: 8, connectionId: 'p-2-delhi', connection: 'Web' }), 'dev-laptop');
    assert.equal(shown({ ...created, tokenId: 8, connectionId: 'p-2-delhi' }), 'dev-laptop (7)');
    assert.equal(
      shown({ ...created, tokenId: 8, connection: undefined }),
      'dev-laptop (7)',
      'a project without a label',
    );
    const twins = [1, 2].map((tokenId) => ({ ...created, tokenId, token: `ci-github-${tokenId}-of-several-tokens` }));
    assert.match(text(twins), / ci-gith…-tokens \(2\)\n.* ci-gith…-tokens \(1\)\n/);
    assert.match(text([{ ...created, token: undefined }]), / Created {2}ID 7\n$/);
    assert.match(text([{ ...created, tokenId: undefined }]), / Created {2}dev-laptop\n$/);
  });

  describe('with a filter', () => {
    const all = [refused, failed, created, used];
    const count = (filter: string) => lines(all, filter).filter((line) => line.startsWith('  ')).length;

    it('begins with the filter and the counts', () => {
      assert.deepEqual(lines(all, 'rotat dev'), [
        'Filtered by: rotat dev. Entries: 1 of 4.',
        '',
        'Yesterday, January 11, 2026',
        '  23:04 × Rotation failed  Research  dev-laptop  Offline',
        '',
      ]);
    });

    it('keeps entries that have, for each of its words, a word that begins with it, ignoring case', () => {
      const counts = {
        ...{ '': 4, '  ': 4, LAPTOP: 3, 'dev-laptop': 3, 'v-laptop': 0, aptop: 0, RES: 3 },
        // An action, and not a part of "refused".
        ...{ use: 1, refused: 1, fused: 0 },
        ...{ 'laptop use': 1, 'laptop refused': 0, failed: 2, offline: 1, untrusted: 0, app: 1 },
        // Days, times, IDs, and the words of the CSV.
        ...{ today: 2, jan: 4, '2026-01-11': 1, '08:04': 1, '7': 3, 'rotate ok': 0, unauthorized: 1 },
        // No expressions.
        ...{ '.': 0, '(use|x)': 0, '[': 0, '\\': 0 },
      };
      assert.deepEqual(Object.fromEntries(Object.keys(counts).map((filter) => [filter, count(filter)])), counts);
    });

    it('finds words within names of scripts that have no spaces', () => {
      assert.match(text([{ ...created, token: '我的测试令牌' }], '测试'), /Entries: 1 of 1\./);
    });
  });

  it('replaces line breaks and control, bidirectional and invisible characters in names', () => {
    const nasty = 'a\r\nb\u202e\u2066c\u2028d\u0000\u001b[31me\u200bf';
    const named = { ...created, token: nasty, connection: 'x\ty', folder: 'file:///a%0Ab' };
    const page = text([named, { ...created, connectionId: 'p-2-delhi' }], 'a\u202eb');
    assert.equal(page.split('\n').length, 5);
    assert.match(page, /^Filtered by: a b\. Entries: 1 of/);
    assert.match(page, / x y {2}a b c d \[31me f {2}in a b\n$/);
    assert.ok(!/[^\P{C}\n]/u.test(page));
  });

  it('fits into 90 characters with the longest names, and keeps both ends of each', () => {
    const long = { token: `first-${'n'.repeat(200)}-2`, connection: `Alpha${'m'.repeat(200)}(Delhi)` };
    const entry = { ...created, ...long, action: 'github-secret', outcome: 'rate-limited' } as const;
    const [, line] = lines([refused, entry, { ...entry, outcome: 'ok' }, { ...entry, tokenId: 8 }]);
    assert.match(line!, / Alpham+…m+\(Delhi\) {2}first-n+…n+-2 \(8\) {2}Too many requests$/);
    assert.ok(lines([refused, entry]).every((shown) => shown.length <= 100));
    assert.ok(lines([refused, { ...entry, action: 'delete' }]).every((shown) => shown.length <= 90));
  });

  it('aligns columns after names of other scripts, and cuts no letter from its marks', () => {
    const column = (token: string) =>
      lines([
        { ...used, token },
        { ...used, token: 'n'.repeat(20) },
      ])[2]!.indexOf('in my');
    // The five accents have no width, and a Chinese character is as wide as five thirds of a Latin one.
    assert.equal(column('e\u0301'.repeat(5)), column('eeeee') + 5);
    assert.equal(column('令牌令'), column('eee') - 2);
    const [, line] = lines([{ ...created, token: 'e\u0301'.repeat(30) }]);
    assert.match(line!, /Created {2}(?:e\u0301){9}…(?:e\u0301){9}$/);
  });

  it('names a folder by the last part of its URI', () => {
    const shown = (folder: string) =>
      lines([{ ...created, folder }])[1]!
        .split(/ {2,}/)
        .at(-1);
    assert.equal(shown('file:///home/me/app/'), 'in app');
    assert.equal(shown('vscode-remote://ssh-remote%2Bbox/srv/api'), 'in api');
    assert.equal(shown('file:///c%3A/'), 'in c:');
    assert.equal(shown('file:///'), 'in /');
    assert.equal(shown('file:///home/100%'), 'in 100%');
  });
});

describe('activity CSV', () => {
  /** Returns a time that is the same local time of day in every time zone. */
  const at = (second: number) => new Date(2026, 0, 2, 3, 4, second).toISOString();
  const created: ActivityEntry = {
    time: at(5),
    action: 'create',
    outcome: 'ok',
    connectionId: 'p-1-delhi',
    connection: 'Research',
    tokenId: 7,
    token: 'nightly',
    window: 'w1',
  };
  const used: ActivityEntry = {
    ...created,
    time: at(6),
    action: 'use',
    folder: 'file:///home/me/my%20app',
    window: 'w2',
  };
  const refused: ActivityEntry = { time: at(7), action: 'refused', outcome: 'untrusted-workspace', window: 'w1' };

  const cellsOf = (entry: ActivityEntry) => activityCsv([entry]).split('\r\n')[1];

  it('has a header, every field, and CRLF after each line', () => {
    assert.equal(
      activityCsv([created, used, refused]),
      'time,action,outcome,connectionId,connection,tokenId,token,folder,window\r\n' +
        `${at(5)},create,ok,p-1-delhi,Research,7,nightly,,w1\r\n` +
        `${at(6)},use,ok,p-1-delhi,Research,7,nightly,file:///home/me/my%20app,w2\r\n` +
        `${at(7)},refused,untrusted-workspace,,,,,,w1\r\n`,
    );
    assert.equal(activityCsv([]).split('\r\n').length, 2);
  });

  it('quotes cells that have commas, quotes or line breaks', () => {
    const tokenIs = (token: string) => activityCsv([{ ...refused, token }]).split('untrusted-workspace,,,,')[1];
    assert.equal(tokenIs('a,b'), '"a,b",,w1\r\n');
    assert.equal(tokenIs('say "x"'), '"say ""x""",,w1\r\n');
    assert.equal(tokenIs('a\nb'), '"a\nb",,w1\r\n');
    assert.equal(tokenIs('a\rb'), '"a\rb",,w1\r\n');
  });

  it('keeps cells from starting a formula', () => {
    const named = (token: string) => cellsOf({ ...refused, token })?.split('untrusted-workspace,,,,')[1];
    assert.equal(named('=1+2'), `'=1+2,,w1`);
    assert.equal(named('+1'), `'+1,,w1`);
    assert.equal(named('-1'), `'-1,,w1`);
    assert.equal(named('@SUM(A1)'), `'@SUM(A1),,w1`);
    assert.equal(named('\t=1'), `'\t=1,,w1`);
    assert.equal(named('\r=1'), `"'\r=1",,w1`);
    assert.equal(named('=HYPERLINK("http://x","y")'), `"'=HYPERLINK(""http://x"",""y"")",,w1`);
    assert.equal(named('a=1'), 'a=1,,w1');
    assert.match(cellsOf({ ...refused, window: '=w' })!, /,'=w$/);
  });
});
