import assert from 'node:assert/strict';

import fc from 'fast-check';

import { TirError } from '../../../src/base/errors';
import { readApiKey, readMyAccountFile, readPasted, readProject } from '../../../src/tir/pasted';
import {
  api,
  fill,
  incomplete,
  interpolated,
  length,
  other,
  query,
  right,
  several,
  values,
  word,
  wrong,
} from './pastedCases';

/** Returns the reason why a text is refused, and checks that it's one to show. */
function refusalOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof TirError && error.code === 'invalid-input', String(error));
    assert.equal(error.details.why, error.message);
    return error.message;
  }
  return 'nothing was refused';
}

describe('readPasted', () => {
  for (const [text, says = { token: '{jwt}' }] of right) {
    it(`reads ${JSON.stringify(text)}`, () => {
      const expected = Object.entries(says).map(([name, value]: [string, unknown]) => [
        name,
        typeof value === 'string' ? fill(value) : value,
      ]);
      assert.deepEqual(readPasted(fill(text)), Object.fromEntries(expected));
    });
  }

  for (const [text, reason] of wrong) {
    it(`refuses ${JSON.stringify(text.slice(0, 80))}`, () => {
      const pasted = fill(text);
      const message = refusalOf(() => readPasted(pasted));
      assert.match(message, reason);
      assert.deepEqual(
        Object.values(values).filter((value) => message.includes(value)),
        [],
      );
    });
  }

  const wrappings: readonly ((text: string) => string)[] = [
    (text) => `"${text}"`,
    (text) => `'${text}'`,
    (text) => `\`${text}\``,
    (text) => `“${text}”`,
    (text) => ` \t${text}\u00a0\r\n`,
    (text) => `\ufeff${text}`,
    (text) => `${text},`,
    (text) => `${text};`,
    (text) => `Bearer ${text}`,
    (text) => `Bearer%20${text}`,
  ];
  const carriers: readonly ((text: string) => string)[] = [
    (text) => text,
    (text) => `<${text}>`,
    (text) => `Authorization: Bearer ${text}`,
    (text) => `curl -H 'Authorization: Bearer ${text}' \\\n ${api}?${query}`,
    (text) => `TIR_API_TOKEN=${text}`,
    (text) => `export E2E_TIR_ACCESS_TOKEN="${text}"`,
    (text) => `set TIR_API_TOKEN=${text}`,
    (text) => `setx TIR_API_TOKEN ${text}`,
    (text) => `$env:TIR_API_TOKEN = "${text}"`,
    (text) => `set -gx TIR_API_TOKEN ${text}`,
    (text) => `E2E_TOKEN: ${text}`,
    (text) => `UNKNOWN_NAME=${text}`,
    (text) => `"auth_token": "${text}",`,
    (text) => `{"auth_token": "${text}", "project_id": 1017}`,
  ];
  /** Quotes can't be nested in the same quotes. */
  const quoteOf = (wrap: (text: string) => string) => /["'`]/.exec(wrap('').replace('“', '"'))?.[0] ?? wrap;
  const anyWrappings = fc
    .tuple(
      fc.uniqueArray(fc.constantFrom(...wrappings), { maxLength: 5, selector: quoteOf }),
      fc.constantFrom(...carriers),
    )
    .chain(([inner, carrier]) => {
      const used = new Set([...inner, carrier].map(quoteOf));
      const outer = wrappings.filter((wrap) => !used.has(quoteOf(wrap)));
      return fc
        .tuple(fc.shuffledSubarray(outer, { maxLength: 2 }), fc.boolean())
        .map(([around, isInFile]) => ({ layers: [...inner, carrier, ...around], isInFile }));
    })
    .filter(({ layers }) => new Set(layers.map(quoteOf)).size === layers.length);
  const part = fc.stringMatching(/^[\w-]{1,200}$/);
  const anyJwt = fc.tuple(part, part, part).map((parts) => `eyJ${parts.join('.')}`);

  it("reads a contact person's account with its letters", () => {
    const text = 'E2E_TOKEN=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghijklmnop\nactive_iam=p-6789';
    assert.equal(readPasted(text).activeIam, 6789);
    assert.equal(readProject('project_id=5\nactive_iam=p-6789')?.activeIam, 6789);
  });

  it('returns a JWT unchanged, whatever is around it', () => {
    fc.assert(
      fc.property(anyJwt, anyWrappings, (value, { layers, isInFile }) => {
        const text = layers.reduce((inner, layer) => layer(inner), value);
        assert.equal(readPasted(isInFile ? `# a comment\nA=1\n${text}\nB=2` : text).token, value, text);
      }),
      { numRuns: 2000 },
    );
  });

  it('returns a token in another format unchanged from one line that has it', () => {
    const letters = 'ABCXYZabcxyz0189-_.+/=~:'.split('');
    const opaque = fc.array(fc.constantFrom(...letters), { minLength: 8, maxLength: 300 }).map((all) => all.join(''));
    const around = fc.subarray([
      (text: string) => `Bearer ${text}`,
      (text: string) => `"${text}"`,
      (text: string) => `export TIR_API_TOKEN=${text}`,
      (text: string) => ` \t${text}\r\n`,
    ]);
    fc.assert(
      fc.property(opaque, around, (value, layers) => {
        // These look cut off, or like paths or URLs.
        fc.pre(!/\.{3}$|^[~.]|\.[a-z]+$|:\//.test(value));
        assert.equal(readPasted(layers.reduce((text, layer) => layer(text), value)).token, value);
      }),
    );
  });

  const pieces = [
    ...Object.values(values),
    ...['TIR_API_TOKEN', 'E2E_API_KEY', 'api_key', 'auth_token', 'project_id', 'location', 'Authorization', 'Bearer'],
    ...['setx', 'set -gx', '=', ':', '"', "'", '`', '\\', '^', '{', '}', ',', '&', '?', '%20', '%22', '%3D', ' ', '\n'],
    ...[
      '/projects/',
      'p-1017',
      'https://tir.e2enetworks.com',
      'eyJ',
      '.',
      '...',
      '${',
      '#',
      '\u200b',
      '\u0000',
      'null',
    ],
  ];
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(fc.constantFrom(...pieces), { maxLength: 20 }).map((all) => all.join('')),
    fc.json(),
  );

  it('returns only credentials, or refuses any text with a reason that quotes nothing of it', () => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const read of [(): string => readPasted(text).token, () => readApiKey(text)]) {
          let value: string | undefined;
          const message = refusalOf(() => (value = read()));
          if (value !== undefined) {
            assert.match(value, /^[\x21-\x7e]{8,8192}$/);
            assert.doesNotMatch(value, /\$\{|\\/);
          }
          for (const secret of Object.values(values)) {
            assert.ok(!message.includes(secret), 'the reason quotes a value');
          }
        }
        readProject(text);
        readMyAccountFile(text);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('readMyAccountFile', () => {
  it("reads MyAccount's files, and no other text", () => {
    const file = {
      dev: { api_key: values.key, api_auth_token: values.jwt },
      ci: { api_auth_token: `${values.jwt2} ` },
      broken: { api_key: values.key, api_auth_token: 'short' },
      default: 'dev',
    };
    assert.deepEqual(readMyAccountFile(JSON.stringify(file, undefined, 2)), [
      { alias: 'dev', pasted: { token: values.jwt, apiKey: values.key } },
      { alias: 'ci', pasted: { token: values.jwt2 } },
    ]);
    const profiles = readMyAccountFile(
      fill(
        '{"profiles":{"a":{"api_key":"{key}","auth_token":"{jwt}","default_location":"Delhi"},"b":{"auth_token":"x"}}}',
      ),
    );
    assert.deepEqual(profiles, [{ alias: 'a', pasted: { token: values.jwt, apiKey: values.key, location: 'Delhi' } }]);
    for (const text of ['', '{', '{}', '[]', '{jwt}', '{"auth_token": "{jwt}"}', '{"data": {"auth_token": "{jwt}"}}']) {
      assert.equal(readMyAccountFile(fill(text)), undefined, text);
    }
    assert.equal(readMyAccountFile(`{"a": ${'['.repeat(90_000)}${']'.repeat(90_000)}}`), undefined);
    assert.equal(readMyAccountFile('{'.repeat(1_000_000)), undefined);
  });
});

describe('readApiKey', () => {
  const read = (text: string) => readApiKey(fill(text));

  it('reads a key, a variable, a line or a text that has one', () => {
    for (const text of [
      '{key}',
      ' "{key}",\n',
      '\u200b“{key}”',
      'E2E_TIR_API_KEY={key}',
      'export E2E_TIR_API_KEY="{key}"',
      'E2E_API_KEY={key}',
      'MY_KEY={key}',
      'setx E2E_TIR_API_KEY {key}',
      '"api_key": "{key}",',
      'API key: {key}',
      `${api}?apikey={key}&${query}`,
      '{"api_key":"{key}","auth_token":"{jwt}","team_id":12,"project_id":1017}',
    ]) {
      assert.equal(read(text), values.key, text);
    }
    assert.equal(read('api_key: {opaque}'), values.opaque);
    assert.equal(read("'{opaque}'"), values.opaque);
  });

  it('refuses everything else', () => {
    const noKey = /^No API key found/;
    for (const [text, reason] of [
      ['', noKey],
      ['{jwt}', noKey],
      ['TIR_API_TOKEN={jwt}', noKey],
      ['{"auth_token":"{jwt}"}', noKey],
      ['$E2E_TIR_API_KEY', noKey],
      ['https://tir.e2enetworks.com', noKey],
      ['{key} {key2}', several],
      ['api_key={key} E2E_API_KEY={key2}', several],
      ['short', length],
      ['api_key=short', length],
      ['two words', word],
      ['abcd${env:HOME}1234', interpolated],
      ['abcd****', incomplete],
      ['sk-{random}', other],
    ] as const) {
      assert.match(
        refusalOf(() => read(text)),
        reason,
        text,
      );
    }
  });
});
