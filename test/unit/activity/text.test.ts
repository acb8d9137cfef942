import assert from 'node:assert/strict';

import type { ActivityEntry } from '../../../src/activity/entries';
import { activityCsv, activityLines, type Header } from '../../../src/activity/text';

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
const header: Header = ['Time', 'Action', 'Outcome', 'Token', 'Connection', 'Folder', 'Window'];
const lines = (entries: readonly ActivityEntry[], filter = '') => activityLines(entries, filter, header).split('\n');

describe('activity text', () => {
  it('lists entries in columns, newest first', () => {
    assert.deepEqual(lines([created, used, refused]), [
      'Time                 Action   Outcome              Token        Connection  Folder  Window',
      '2026-01-02 03:04:07  refused  untrusted-workspace                                   w1',
      '2026-01-02 03:04:06  use      ok                   nightly (7)  Research    my app  w2',
      '2026-01-02 03:04:05  create   ok                   nightly (7)  Research            w1',
      '',
    ]);
  });

  it('puts the later of two entries with the same time first', () => {
    const [, first, second] = lines([created, { ...created, action: 'copy' }]);
    assert.match(first!, /copy/);
    assert.match(second!, /create/);
  });

  it('has only a header if there are no entries or the filter matches none', () => {
    for (const page of [activityLines([], '', header), activityLines([created], 'nothing', header)]) {
      assert.match(page, /^Time +Action +Outcome +Token +Connection +Folder +Window\n$/);
    }
  });

  it('shows a token that lacks its name or its ID', () => {
    assert.match(lines([{ ...created, token: undefined }])[1]!, / ok +\(7\) +Research/);
    assert.match(lines([{ ...created, tokenId: undefined }])[1]!, / nightly +Research/);
  });

  it('keeps lines that have all words of the filter, ignoring case', () => {
    const count = (filter: string) => lines([created, used, refused], filter).length - 2;
    assert.equal(count(''), 3);
    assert.equal(count('  '), 3);
    assert.equal(count('NIGHTLY'), 2);
    assert.equal(count('w2  research'), 1);
    assert.equal(count('nightly refused'), 0);
    assert.equal(count('(7) App'), 1);
    assert.equal(count('2026-01-02 untrusted'), 1);
  });

  it('replaces line breaks and control, bidirectional and invisible characters in names', () => {
    const nasty = 'a\r\nb\u202e\u2066c\u2028d\u0000\u001b[31me\u200bf';
    const entry = { ...created, token: nasty, connection: 'x\ty', folder: 'file:///a%0Ab', window: 'w\n1' };
    const page = activityLines([entry], '', header);
    assert.equal(page.split('\n').length, 3);
    assert.match(page, /a b c d \[31me f \(7\) +x y +a b +w 1\n$/);
    assert.ok(!/[^\P{C}\n]/u.test(page));
  });

  it('lets a long name shift only its own line', () => {
    const [header, long, short] = lines([created, { ...created, token: 'n'.repeat(200) }]);
    assert.equal(header!.indexOf('Connection'), short!.indexOf('Research'));
    assert.ok(long!.includes(`${'n'.repeat(200)} (7)  Research`));
  });

  it('aligns columns by characters rather than UTF-16 units', () => {
    const [, face, name] = lines([created, { ...created, token: '\u{1f600}' }]);
    assert.equal(Array.from(face!).indexOf('R'), Array.from(name!).indexOf('R'));
  });

  it('names a folder by the last part of its URI', () => {
    const shown = (folder: string) =>
      lines([{ ...created, folder }])[1]!
        .split(/ {2,}/)
        .at(-2);
    assert.equal(shown('file:///home/me/app/'), 'app');
    assert.equal(shown('vscode-remote://ssh-remote%2Bbox/srv/api'), 'api');
    assert.equal(shown('file:///c%3A/'), 'c:');
    assert.equal(shown('file:///'), '/');
    assert.equal(shown('file:///home/100%'), '100%');
  });

  describe('as CSV', () => {
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
});
