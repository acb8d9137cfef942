import assert from 'node:assert/strict';

import { Secret } from '../../../src/base/secret';
import {
  ageInDays,
  createdAtForResult,
  day,
  daysLeft,
  daysUntil,
  expiryState,
  latestOf,
  mayBeValueOf,
  readTimes,
  timeOf,
  withStoredTimes,
} from '../../../src/tir/times';
import { newValue } from '../../emulator/platform';

const now = Date.UTC(2026, 5, 1, 12);
const jwt = (claims: unknown) =>
  new Secret(['e30', Buffer.from(JSON.stringify(claims)).toString('base64url'), 's'.repeat(20)].join('.'));

/** Runs `work` in a time zone. */
function inZone(zone: string, work: () => void): void {
  const before = process.env['TZ'];
  process.env['TZ'] = zone;
  try {
    work();
  } finally {
    if (before === undefined) {
      delete process.env['TZ'];
    } else {
      process.env['TZ'] = before;
    }
  }
}

/** West and east of Greenwich, with and without daylight saving time. */
const zones = ['America/Los_Angeles', 'Asia/Kolkata', 'Pacific/Auckland', 'UTC'];
const dayIn = (time: number) => new Date(time).toLocaleDateString('en-CA');

describe('readTimes', () => {
  it('prefers the times in the value to those beside it', () => {
    const created = now - 40 * day;
    const value = new Secret(newValue(created));
    const expected = { created, expires: created + 365 * day };
    assert.deepEqual(readTimes(value, '1 Months ago', '2027-02-11'), expected);
    assert.deepEqual(readTimes(value, undefined, undefined), expected);
    assert.deepEqual(readTimes(jwt({ iat: created / 1000 }), '1 Months ago', undefined), expected);
    assert.deepEqual(readTimes(jwt({ exp: created / 1000 + 365 * 86400 }), '1 Months ago', undefined), expected);
  });

  it('reads ISO 8601, epoch seconds and epoch milliseconds', () => {
    for (const time of [now, now / 1000, String(now / 1000), String(now), new Date(now).toISOString()]) {
      assert.deepEqual(readTimes(undefined, time, undefined), { created: now, expires: now + 365 * day }, String(time));
    }
    assert.equal(readTimes(undefined, '2026-06-01 17:30:00+05:30', undefined).created, now);
  });

  it('ignores values and fields that tell no time', () => {
    for (const value of ['no-jwt', 'a.b.c', 'a.%%%.c', '..', 'e30.bnVsbA.x', 'e30.NQ.x']) {
      assert.equal(readTimes(new Secret(value), '0 Day ago', undefined).created, '0 Day ago', value);
    }
    for (const claims of [{ iat: 'soon', exp: null }, { iat: 12, exp: 365 }, { iat: -1 }, { iat: 1e300 }]) {
      const expected = { created: '0 Day ago', expires: undefined };
      assert.deepEqual(readTimes(jwt(claims), '0 Day ago', undefined), expected, JSON.stringify(claims));
    }
    for (const guess of [365, '365', '365 days', 0, -1, '', null, {}, '2026-13-45', '0001-01-01', '9999-12-31']) {
      assert.equal(readTimes(undefined, '0 Day ago', guess).expires, undefined, JSON.stringify(guess));
      assert.equal(readTimes(undefined, now, guess).expires, now + 365 * day, JSON.stringify(guess));
    }
  });

  it('takes a time without a zone for a day, and the creation for 365 days before the expiry', () => {
    for (const expiry of ['2027-02-11', '2027-02-11T00:00:00', '2027-02-11 10:30']) {
      const expected = { created: '2026-02-11', expires: '2027-02-11' };
      assert.deepEqual(readTimes(undefined, '0 Day ago', expiry), expected);
      assert.deepEqual(readTimes(undefined, '2026-02-11T22:00:00', undefined), expected);
    }
    assert.equal(readTimes(undefined, '0 Day ago', '2028-03-01').created, '2027-03-02', 'a leap day between');
  });
});

for (const zone of zones) {
  describe(`a day in the zone ${zone}`, () => {
    it('is shown as it is, and ends when it is over everywhere', () => {
      inZone(zone, () => {
        assert.equal(dayIn(timeOf('2027-02-11')!), '2027-02-11');
        assert.equal(dayIn(timeOf('2026-03-29')!), '2026-03-29');
        assert.equal(latestOf('2026-06-01'), Date.UTC(2026, 5, 2, 12));
        const lastMoment = Date.UTC(2026, 5, 2, 12);
        const token = readTimes(undefined, '11 Months ago', '2026-06-01');
        assert.equal(expiryState(token, lastMoment - 1, 30), 'expiring');
        assert.equal(daysLeft(token, lastMoment - 1, 30), 1);
        assert.equal(expiryState(token, lastMoment, 30), 'expired');
      });
    });

    it('makes no token older than it can be, at any hour', () => {
      inZone(zone, () => {
        for (let hour = 0; hour < 24; hour++) {
          const made = Date.UTC(2026, 10, 29, hour);
          // TIR's dates may be those of any zone. This is the latest and the earliest.
          for (const ahead of [-12, 14]) {
            const expiry = new Date(made + (365 * 24 + ahead) * 60 * 60 * 1000).toISOString().slice(0, 10);
            const { created } = readTimes(undefined, '0 Day ago', expiry);
            assert.equal(ageInDays(created, made), 0);
            assert.equal(latestOf(created)! >= made, true, `${hour} ${ahead}`);
            assert.equal(Number(ageInDays(created, made + 90 * day)) <= 90, true);
          }
        }
      });
    });
  });
}

describe('mayBeValueOf', () => {
  const value = new Secret(newValue(now));
  it('compares the time in a JWT with the creation, as exactly as that is known', () => {
    const { created: today } = readTimes(undefined, '0 Day ago', new Date(now + 365 * day).toISOString().slice(0, 10));
    for (const [created, expected] of [
      [now, true],
      [now + 2 * 60_000, false],
      [today, true],
      ['2026-05-01', false],
      ['0 Day ago', true],
      [undefined, true],
    ] as const) {
      assert.equal(mayBeValueOf({ created, expires: undefined }, value), expected, String(created));
    }
    assert.equal(mayBeValueOf({ created: now - 9 * day, expires: undefined }, new Secret('opaque-value')), true);
  });
});

describe('withStoredTimes', () => {
  const stored = { created: now, expires: now + 365 * day };

  it('prefers a stored time to a date, and to words', () => {
    const dated = { id: 1, created: '2026-06-01', expires: '2027-06-01' };
    assert.deepEqual(withStoredTimes(dated, stored), { id: 1, created: now, expires: '2027-06-01' });
    const fromDay = { created: '2026-06-01', expires: '2027-06-01' };
    assert.deepEqual(withStoredTimes({ created: '0 Day ago', expires: undefined }, fromDay), fromDay);
    assert.deepEqual(withStoredTimes({ created: '0 Day ago', expires: undefined }, stored), stored);
  });

  it('keeps times that are exact, or that nothing stored completes', () => {
    const exact = { created: now - day, expires: now + 364 * day };
    assert.equal(withStoredTimes(exact, stored), exact);
    const listed = { created: now - day, expires: '2027-05-31' };
    assert.equal(withStoredTimes(listed, stored), listed, 'the list knows the time');
    const words = { created: '0 Day ago', expires: undefined };
    assert.equal(withStoredTimes(words, undefined), words);
    assert.equal(withStoredTimes(words, { created: '1 Months ago', expires: undefined }), words);
  });
});

describe('expiry', () => {
  const state = (expires: number | undefined) => expiryState({ expires }, now, 30);

  it('warns less than 30 days before, and has passed at its exact time', () => {
    assert.equal(state(now), 'expired');
    assert.equal(state(now + 1), 'expiring');
    assert.equal(state(now + 30 * day), 'valid');
    assert.equal(state(undefined), 'valid');
  });

  it('rounds days left up, and days of age down', () => {
    assert.equal(daysUntil(now + 12 * day, now), 12);
    assert.equal(daysUntil(now + 1, now), 1);
    assert.equal(ageInDays(now - 1.9 * day, now), 1);
    assert.equal(ageInDays('3 Months ago', now), undefined);
  });

  it('gives the days left only for a token that expires soon and has not expired yet', () => {
    const left = (expires: number | undefined) => daysLeft({ expires }, now, 30);
    assert.equal(left(now + 30 * day - 1), 30);
    assert.deepEqual([now, now + 30 * day, undefined].map(left), [undefined, undefined, undefined]);
  });

  it('shows creation times as ISO 8601, and other texts as they are', () => {
    assert.equal(createdAtForResult(now), '2026-06-01T12:00:00.000Z');
    assert.equal(createdAtForResult('3 Months ago'), '3 Months ago');
    assert.equal(createdAtForResult(undefined), undefined);
  });
});
