import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';

import { keyedHash, maxCredentialLength, quotable, Secret } from '../../../src/base/secret';
import { newValue } from '../../emulator/platform';
import { Values } from '../leaks/values';

describe('a secret', () => {
  const secret = new Secret('the-value-itself');

  it('hides its value from printing, serializing and cloning', () => {
    const printed = [
      String(secret),
      'text ' + (secret as unknown as string),
      JSON.stringify({ secret }),
      inspect({ deep: { secret } }, { depth: 9, showHidden: true }),
      inspect(secret, { customInspect: false, showHidden: true }),
      Object.entries(secret).join(),
      inspect(structuredClone(secret)),
    ];
    for (const text of printed) {
      assert.doesNotMatch(text, /the-value-itself/);
    }
    assert.equal(inspect(secret), '[secret]');
    assert.equal(JSON.stringify([secret]), '["[secret]"]');
  });

  it('returns its value from reveal, and compares with equals', () => {
    assert.equal(secret.reveal(), 'the-value-itself');
    assert.ok(secret.equals(new Secret('the-value-itself')));
    assert.ok(!secret.equals(new Secret('another-value')));
  });
});

describe('quotable', () => {
  const [token, apiKey] = [new Values(1).text(80), new Values(2).uuid()];
  const credentials = { token: new Secret(token), apiKey: new Secret(apiKey) };

  it('returns one line of at most 200 characters', () => {
    assert.equal(quotable('  one\r\n\ttwo\u0007 three ', credentials), 'one two three');
    assert.equal(quotable('four '.repeat(40), credentials), 'four '.repeat(40).trim());
    assert.equal(quotable('four '.repeat(41), credentials), `${'four '.repeat(40).slice(0, 199)}…`);
  });

  it('removes what may be the credentials of another token', () => {
    for (const value of [newValue(), newValue(0, 'opaque'), randomUUID()]) {
      assert.equal(quotable(`no row for ${value}.`, credentials).replace('.', ''), 'no row for [secret]');
      assert.equal(quotable(`key ${value.slice(0, 45)} cut`, credentials), 'key [secret] cut');
    }
    const mixed = new Secret(`${'a'.repeat(30)}/${'b'.repeat(50)}+${'c'.repeat(20)}`);
    assert.equal(quotable(`token ${mixed.reveal()} is bad`, { token: mixed }), 'token [secret] is bad');
    assert.equal(quotable('monkeyJob', credentials), 'monkeyJob');
    assert.equal(quotable('Try again in 30 seconds: rate-limit-of-project', credentials).includes('secret'), false);
  });

  it('removes credentials, even one that is cut off', () => {
    for (const secret of [token, apiKey]) {
      assert.equal(quotable(`refused: ${secret}, ${secret}`, credentials), 'refused: [secret], [secret]');
      for (const before of [0, 150, 180, 195]) {
        const quoted = quotable(`${'x'.repeat(before)} ${secret} ${'y'.repeat(200)}`, credentials);
        assert.ok(!quoted.includes(secret.slice(0, 4)), `after ${before} characters`);
      }
      // A long text is cut before the search. White space collapses after that, so the cut end becomes visible.
      const quoted = quotable(`${' '.repeat(4 * maxCredentialLength - 20)}${secret} and more`, credentials);
      assert.ok(!quoted.includes(secret.slice(0, 4)), 'after white space');
    }
  });
});

describe('keyedHash', () => {
  it('returns the same hash only for the same text and key', () => {
    const hash = keyedHash();
    assert.equal(hash('one'), hash('one'));
    assert.notEqual(hash('one'), hash('two'));
    assert.notEqual(hash('one'), keyedHash()('one'));
    assert.ok(!hash('one').includes('one'));
  });

  it('returns all bytes of SHA-256, so no two texts share a hash', () => {
    const hash = keyedHash();
    const hashes = Array.from({ length: 1000 }, (_, index) => hash(String(index)));
    assert.equal(new Set(hashes).size, hashes.length);
    // 32 bytes are 44 characters in Base64.
    assert.ok(hashes.every(({ length }) => length === 44));
  });
});
