import assert from 'node:assert/strict';

import { activityCsv } from '../../../src/activity/csv';
import type { ActivityEntry } from '../../../src/activity/entries';

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

describe('activity CSV', () => {
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
