import assert from 'node:assert/strict';

import {
  isFromOtherVendor,
  isTirIssuer,
  looksLikeCredential,
  looksRandom,
  readJwt,
} from '../../../src/tir/credentials';
import { platform, Values } from '../leaks/values';

const values = new Values(5);
const part = (json: unknown) => Buffer.from(JSON.stringify(json)).toString('base64url');

describe('credentials', () => {
  it('look random if they change between kinds of characters as often as credentials do', () => {
    for (const text of [values.text(40), values.text(20, 'base62'), values.uuid()]) {
      assert.ok(looksRandom(text), text);
    }
    for (const [why, text] of [
      ['a name', 'deploymentConfigurationForProduction'],
      ['a name with a date', 'release_candidate_2026_11_28'],
      ['a path', 'assets/images/header/background.png'],
      ['six characters over and over', 'a1B2c3'.repeat(6)],
      ['typed digits', `${values.text(20)}123456`],
      ['one character eight times', `${values.text(20)}${'x'.repeat(8)}`],
      ['a placeholder word', `${values.text(20)}-example`],
    ] as const) {
      assert.ok(!looksRandom(text), why);
    }
    for (const text of [`${values.text(20)}testing`, `${values.text(20)}-testing9B`]) {
      assert.ok(looksRandom(text), 'the word is part of a longer one');
    }
    const runs = ['wxyz', 'KLMN', '2468', 'prst'].join('');
    assert.ok(looksRandom(`${runs}5`), 'four changes in 16 pairs');
    assert.ok(!looksRandom(`${runs}v5`), 'four changes in 17 pairs');
  });

  it('are JWTs if header and claims are objects, with any issuer or none', () => {
    const text = values.jwt(platform);
    const signed = { algorithm: 'RS256', expires: 1_791_536_000_000 };
    assert.deepEqual(readJwt(text), { ...signed, issuer: platform });
    assert.deepEqual(readJwt(values.jwt()), signed);
    assert.deepEqual(readJwt([part({ a: 'ÿ>?' }), part({ iss: 7 }), 'x'].join('.')), { algorithm: '' });
    for (const none of [
      '',
      'a.b',
      'a.b.c',
      `${part({})}.${part(null)}.x`,
      `${part(null)}.${part({})}.x`,
      `${part(7)}.${part({})}.x`,
      text.slice(5),
    ]) {
      assert.equal(readJwt(none), undefined, none);
    }
    assert.ok(looksLikeCredential([part({ alg: 'none' }), part({}), ''].join('.')));
    assert.ok(!looksLikeCredential('a.b.c'));
  });

  it('belong to another vendor by their issuer, or by their prefix if they name no issuer', () => {
    assert.ok(isFromOtherVendor(values.jwt('https://accounts.example.com')));
    assert.ok(!isFromOtherVendor(values.jwt(platform)));
    assert.ok(!isFromOtherVendor(values.jwt()));
    assert.ok(isFromOtherVendor(`hf_${values.text(30)}`));
    assert.ok(!isFromOtherVendor(`x-hf_${values.text(30)}`));
  });

  it("count as issued by TIR only if the issuer's host is TIR's", () => {
    for (const issuer of [
      ...[platform, 'e2enetworks.com', 'https://tir.E2Enetworks.com:8443/x', 'https://infer.e2enetworks.net?x#y'],
    ]) {
      assert.ok(isTirIssuer(issuer), issuer);
    }
    for (const issuer of [
      ...['https://e2enetworks.com.example.org', 'https://note2enetworks.com', 'https://example.org/e2enetworks.com'],
      ...['https://example.org#.e2enetworks.com', 'https://e2enetworksXcom', 'https://e2enetworks.org', ''],
    ]) {
      assert.ok(!isTirIssuer(issuer), issuer);
    }
  });
});
