import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';

import fc from 'fast-check';
import { checkSync } from 'recheck';

import { TirError } from '../../../src/base/errors';
import { type Pasted, readMyAccountFile, readApiKey, readPasted, readProject } from '../../../src/tir/pasted';
import { newValue } from '../../emulator/platform';

/** Stand in the tables for values that are made when the tests run. */
const jwt = newValue();
const values = {
  jwt,
  jwt2: newValue(),
  // As an e-mail breaks it.
  'broken-jwt': jwt.replace(/.{60}/g, '$&\n'),
  // As a text box joins the broken lines.
  'spaced-jwt': jwt.replace(/.{60}/g, '$& '),
  'cut-jwt': jwt.slice(0, -70),
  'two-parts': jwt.split('.').slice(0, 2).join('.'),
  opaque: `Qa${randomBytes(24).toString('base64url')}7`,
  key: randomUUID(),
  key2: randomUUID(),
  random: randomBytes(24).toString('hex'),
  capitals: randomBytes(8).toString('hex').toUpperCase(),
  // Joined here, because secret scanners look for the whole line.
  'private-key': ['-----BEGIN', 'PRIVATE KEY-----'].join(' '),
};
type Name = keyof typeof values;

function fill(template: string): string {
  return template.replace(/\{([a-z\d-]+)\}/g, (whole, name: string) => (name in values ? values[name as Name] : whole));
}

const both = { token: '{jwt}', apiKey: '{key}' };
const config = { ...both, projectId: 1017, teamId: 12 };
const place = { projectId: 1017, location: 'Delhi' };
const api = 'https://api.e2enetworks.com/myaccount/api/v1/gpu/auth-token/';
const query = 'project_id=1017&location=Delhi';

/** Texts, and what they say: without it, just `{jwt}`. */
const right: readonly (readonly [text: string, says?: Pasted])[] = [
  // Values
  ['{jwt}'],
  [' \r\n{jwt}\t '],
  ['{opaque}', { token: '{opaque}' }],
  ['{opaque}==', { token: '{opaque}==' }],
  ['{opaque}.', { token: '{opaque}.' }],
  ['{opaque},', { token: '{opaque}' }],
  ['{opaque}=ijkl', { token: '{opaque}=ijkl' }],
  ['"{opaque}".', { token: '{opaque}' }],
  ['\ufeff{jwt}'],
  ['\u200b{jwt}\u2060\u00ad'],
  ['\u202a{jwt}\u202c\u200e'],
  ['\u00a0{jwt}\u3000'],
  ['“{jwt}”'],
  ['«{opaque}»', { token: '{opaque}' }],
  ['‘{opaque}’', { token: '{opaque}' }],
  ['`{jwt}`'],
  ['<{jwt}>'],
  ['{jwt},'],
  ['{jwt}.'],
  ['"{jwt}";'],
  ['{broken-jwt}'],
  ['{spaced-jwt}'],
  ['TIR_API_TOKEN="{broken-jwt}"'],
  ['{jwt} {jwt}'],
  ['{jwt}\n{key}', both],
  ['{key}  {jwt}', both],
  ['Here is the token for CI: {jwt}. Keep it safe!'],
  ['```\n{jwt}\n```'],
  ['%22{jwt}%22'],
  ['x%20{jwt}%20y'],
  // Headers
  ['Bearer {jwt}'],
  ['bearer   {opaque}', { token: '{opaque}' }],
  ['Bearer%20{jwt}'],
  ['Bearer%20{opaque}', { token: '{opaque}' }],
  ['Authorization: Bearer {jwt}'],
  ['authorization: bearer {opaque}', { token: '{opaque}' }],
  ['"Authorization": "Bearer {opaque}",', { token: '{opaque}' }],
  ['Authorization: Bearer {jwt}\nUser-Agent: curl/8\napikey: {key}', both],
  // Variables
  ['TIR_API_TOKEN={jwt}'],
  ['TIR_API_TOKEN={opaque}', { token: '{opaque}' }],
  ['export TIR_API_TOKEN="{opaque}"', { token: '{opaque}' }],
  ["export TIR_API_TOKEN='{opaque}';", { token: '{opaque}' }],
  ['TIR_API_TOKEN = "Bearer {opaque}"', { token: '{opaque}' }],
  ['set E2E_TIR_ACCESS_TOKEN={opaque}', { token: '{opaque}' }],
  ['set "TIR_API_TOKEN={opaque}"', { token: '{opaque}' }],
  ['setx TIR_API_TOKEN {opaque}', { token: '{opaque}' }],
  ['setx TIR_API_TOKEN "{opaque}" /m', { token: '{opaque}' }],
  ['$env:TIR_API_TOKEN = "{opaque}"', { token: '{opaque}' }],
  ['TIR_API_TOKEN: {opaque}', { token: '{opaque}' }],
  ['set -gx TIR_API_TOKEN {opaque}', { token: '{opaque}' }],
  ['set -g -x TIR_API_TOKEN  "{opaque}"', { token: '{opaque}' }],
  ['setenv E2E_TOKEN {opaque}', { token: '{opaque}' }],
  ['os.environ["TIR_API_TOKEN"] = "{opaque}"', { token: '{opaque}' }],
  ['docker run -e TIR_API_TOKEN={opaque} image', { token: '{opaque}' }],
  ['run --token={opaque} --api-key={key}', { token: '{opaque}', apiKey: '{key}' }],
  ['tir_api_token={opaque}', { token: '{opaque}' }],
  ['MY_TOKEN={jwt}'],
  ['export MY_TOKEN="{jwt}"'],
  ['OPENAI_API_KEY={jwt}'],
  ['LITELLM_API_KEY={jwt}'],
  ['E2E_NETWORKS_API_KEY={jwt}'],
  ['E2E_API_KEY={jwt}'],
  ['E2E_API_KEY={key}\nE2E_AUTH_TOKEN={opaque}', { token: '{opaque}', apiKey: '{key}' }],
  ['TIR_API_TOKEN={jwt}\nE2E_TIR_ACCESS_TOKEN={jwt}'],
  ['TIR_API_TOKEN={jwt}\nOPENAI_API_KEY=${TIR_API_TOKEN}'],
  ['TIR_API_TOKEN={jwt} OPENAI_API_KEY=$TIR_API_TOKEN'],
  ['TIR_API_TOKEN={jwt}\nOPENAI_API_KEY=sk-{random}\nHF_TOKEN=hf_{random}'],
  ['TIR_API_TOKEN={opaque}\nOTHER={jwt}', { token: '{opaque}' }],
  ['# TIR_API_TOKEN={jwt2}\r\nTIR_API_TOKEN={jwt}\r\n'],
  ['E2E_TOKEN= TIR_API_TOKEN={opaque}', { token: '{opaque}' }],
  ['E2E_TOKEN=\nTIR_API_TOKEN={opaque}', { token: '{opaque}' }],
  ['E2E_TOKEN="" TIR_API_TOKEN="{opaque}"', { token: '{opaque}' }],
  ['E2E_TOKEN=short\nTIR_API_TOKEN={jwt}'],
  [
    '# TIR\nPATH=/home/me/projects/2024/bin:$PATH\nexport TIR_API_TOKEN="{jwt}" # of CI\nexport E2E_TIR_API_KEY=\'{key}\'\nE2E_TIR_PROJECT_ID=1017\nE2E_TIR_TEAM_ID=12\nE2E_TIR_LOCATION=delhi\n',
    { ...config, location: 'Delhi' },
  ],
  [
    'export TIR_API_TOKEN="{jwt}" export E2E_TIR_API_KEY={key} E2E_TIR_PROJECT_ID=1017 E2E_TIR_TEAM_ID=12',
    { ...config },
  ],
  ['E2E_TOKEN={jwt}\nE2E_PROJECT_ID=5\nE2E_TIR_PROJECT_ID=1017', { token: '{jwt}', projectId: 1017 }],
  ['E2E_TOKEN={jwt}\nE2E_PROJECT_ID=5\nproject_id=1017'],
  ['E2E_TOKEN={jwt}\nE2E_API_KEY={key2}\nE2E_TIR_API_KEY={key}', both],
  ['TIR_API_TOKEN={jwt}\nE2E_TIR_API_KEY=sk-{random}\nlocation: ~/files\nE2E_TIR_PROJECT_ID=0'],
  [
    'E2E_TOKEN={jwt}\nE2E_LOCATION="Navi Mumbai"\nactive_iam=6',
    { token: '{jwt}', location: 'Navi Mumbai', activeIam: 6 },
  ],
  // JSON and code
  ['"auth_token": "{jwt}",'],
  ['"auth_token": "{opaque}",', { token: '{opaque}' }],
  ['\\"auth_token\\": \\"{opaque}\\"', { token: '{opaque}' }],
  ['{"api_key":"{key}","auth_token":"{jwt}","team_id":12,"project_id":1017}', config],
  [
    '{"api_key": "{key}", "auth_token": "{opaque}", "team_id": "12", "project_id": "1017"}',
    { ...config, token: '{opaque}' },
  ],
  [
    '{\n  "api_key": "{key}",\n  "auth_token": "{jwt}",\n  "team_id": null,\n  "project_id": 1017\n}\n',
    { ...both, projectId: 1017 },
  ],
  ['{“api_key”: “{key}”, “auth_token”: “{jwt}”}', both],
  [
    "{'api_key': '{key}', 'auth_token': '{opaque}', 'project_id': 1017}",
    { token: '{opaque}', apiKey: '{key}', projectId: 1017 },
  ],
  [
    'const tir = { apiKey: "{key}", authToken: "{opaque}", projectId: 1017 };',
    { token: '{opaque}', apiKey: '{key}', projectId: 1017 },
  ],
  ['{"dev": {"api_key": "{key}", "api_auth_token": "{jwt}"}}', both],
  [
    '{"id":28,"token_name":"ci","api_key":"{key}","auth_token":"{jwt}","created_at":"1 Months ago","expiry":"2027-02-11"}',
    both,
  ],
  [
    '{"code":200,"data":[{"id":28,"token_name":"token: x","api_key":"{key}","auth_token":"{jwt}"}],"errors":{},"message":"Success"}',
    both,
  ],
  [
    'client = OpenAI(api_key="{jwt}", base_url="https://infer.e2enetworks.net/project/p-1017/genai/x/v1")',
    { token: '{jwt}', projectId: 1017 },
  ],
  ['API key\n{key}\nAuth token\n{jwt}', both],
  ['API key: {key}\nAuth token: {opaque}', { token: '{opaque}', apiKey: '{key}' }],
  // URLs and curl
  ['token={jwt}'],
  ['?token={opaque}&project_id=1017', { token: '{opaque}', projectId: 1017 }],
  ['token%3D{jwt}'],
  ['https://example.com/?token={jwt}&x=1'],
  [
    `curl -H "Authorization: Bearer {jwt}" "${api}?apikey={key}&${query}&active_iam=6"`,
    { ...both, ...place, activeIam: 6 },
  ],
  [
    `curl ${api}?apikey={key}&${query} --header 'Authorization: Bearer {opaque}'`,
    { token: '{opaque}', apiKey: '{key}', ...place },
  ],
  [
    `curl -X POST \\\n  '${api}?apikey={key}&${query}' \\\n  -H 'Authorization: Bearer {jwt}' \\\n  -d '{"token_name": "ci"}'`,
    { ...both, ...place },
  ],
  [
    `curl -X POST \\   '${api}?apikey={key}&${query}' \\   -H 'Authorization: Bearer {opaque}'\\ -v`,
    { token: '{opaque}', apiKey: '{key}', ...place },
  ],
  [`curl ^"${api}?apikey={key}^&${query}^" ^\n  -H ^"Authorization: Bearer {jwt}^"`, { ...both, ...place }],
  [`curl \`\n  "${api}?${query}" \`\n  -H "Authorization: Bearer {opaque}"`, { token: '{opaque}', ...place }],
  [
    'curl https://infer.e2enetworks.net/project/p-1017/genai/llama/v1/models -H "Authorization: Bearer {jwt}"',
    { token: '{jwt}', projectId: 1017 },
  ],
];

const noToken = /^No token found/;
const incomplete = /^The value is incomplete/;
const interpolated = /^The value contains "\$\{"/;
const apiKey = /^This is an API key/;
const several = /^The text contains several/;
const other = /^The text contains another service's key/;
const word = /^A token or API key is one word/;
const length = /^A token or API key has 8 to 8192 characters/;

const wrong: readonly (readonly [text: string, reason: RegExp])[] = [
  ['', noToken],
  [' \n\u200b\ufeff', noToken],
  ['""', noToken],
  ['short', length],
  ['TIR_API_TOKEN=short', length],
  ['x'.repeat(8193), length],
  [`eyJ${'x.'.repeat(2)}${'x'.repeat(8193)}`, length],
  ['x'.repeat(1_000_000), length],
  ['two words of text', word],
  ['{opaque} {opaque}', word],
  ['{opaque}ü', word],
  ['{opaque}"{random}', word],
  ['"{opaque}" "{random}"', word],
  ['f({opaque})', word],
  ['abcd${env:HOME}1234', interpolated],
  ['TIR_API_TOKEN=abcd${env:HOME}1234', interpolated],
  ['{jwt}${env:HOME}', interpolated],
  ['abcd\\1234{random}', interpolated],
  ['TIR_API_TOKEN="abcd\\n{random}"', interpolated],
  ['abcd\u0007{random}', interpolated],
  ['abcd\u001b[0m{random}', interpolated],
  ['$TIR_API_TOKEN', noToken],
  ['%TIR_API_TOKEN%', noToken],
  ['Bearer <your token>', noToken],
  ['Authorization: Bearer $TIR_API_TOKEN', noToken],
  ['TIR_API_TOKEN=${TIR_API_TOKEN}', noToken],
  ['TIR_API_TOKEN=', noToken],
  ['undefined', noToken],
  ['headers = {"Authorization": f"Bearer {token}"}', word],
  ['My token is {opaque}', word],
  ['token = os.environ["TIR_API_TOKEN"]', noToken],
  ['TIR_API_TOKEN={jwt} E2E_TIR_ACCESS_TOKEN={jwt2}', several],
  ['{jwt}\n{jwt2}', several],
  ['{jwt},{jwt2}', several],
  ['A={jwt}\nB={jwt2}', several],
  ['{"data":[{"auth_token":"{jwt}"},{"auth_token":"{jwt2}"}]}', several],
  ['{"a": {"api_auth_token": "{jwt}"}, "b": {"api_auth_token": "{jwt2}"}}', /^The text contains 2 accounts/],
  ['{}', noToken],
  ['{"project_id": 1017}', noToken],
  ['{"auth_token": null}', noToken],
  ['{"name": "{opaque}"}', noToken],
  ['{"api_key": "{key}", "project_id": 1017}', apiKey],
  ['{key}', apiKey],
  ['"{key}",', apiKey],
  ['E2E_TIR_API_KEY={key}', apiKey],
  ['E2E_API_KEY={key}', apiKey],
  ['TIR_API_TOKEN={key}', apiKey],
  ['https://tir.e2enetworks.com/projects/1017/tokens', noToken],
  ['tir.e2enetworks.com/projects/1017/tokens', noToken],
  [`curl "${api}?${query}"`, noToken],
  ['{cut-jwt}…', incomplete],
  ['{cut-jwt}...', incomplete],
  ['"auth_token": "{cut-jwt}..."', incomplete],
  ['{jwt}****', incomplete],
  ['eyJ****', incomplete],
  ['{opaque}****{random}', incomplete],
  ['••••••••••••', incomplete],
  ['{two-parts}', incomplete],
  ['{two-parts}.', incomplete],
  ['{jwt}.{random}', incomplete],
  ['{two-parts} {two-parts}', incomplete],
  ['{jwt} {random}', incomplete],
  ['TIR_API_TOKEN={broken-jwt}', incomplete],
  ['{private-key}\n{random}', other],
  ['sk-{random}', other],
  ['ghp_{random}', other],
  ['github_pat_{random}', other],
  ['AKIA{capitals}', other],
  ['hf_{random}', other],
  ['HF_TOKEN=hf_{random}', other],
  ['export HF_TOKEN="hf_{random}"', other],
  ['OPENAI_API_KEY=sk-{random}', other],
  ['TIR_API_TOKEN=sk-{random}', other],
  ['Bearer ghp_{random}', other],
];

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
        // These look cut off.
        fc.pre(!value.endsWith('...'));
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

describe('readProject', () => {
  it('reads IDs, variables and URLs', () => {
    for (const text of [
      '1017',
      ' 1017\n',
      '"1017",',
      '001017',
      'p-1017',
      '<p-1017>',
      'project_id=1017',
      'project_id: "p-1017"',
      'E2E_TIR_PROJECT_ID=1017',
      'export E2E_PROJECT_ID="1017"',
      '"project_id": 1017}',
      'https://tir.e2enetworks.com/projects/1017/tokens',
      'https://tir.e2enetworks.com/projects/1017',
      'https://tir.e2enetworks.com/projects/1017.',
      '<https://tir.e2enetworks.com/projects/1017>',
      '"https://tir.e2enetworks.com/projects/1017/",',
      'tir.e2enetworks.com/project/p-1017/tokens?tab=1#top',
      'https://tir.e2enetworks.com/#/projects/1017',
      '/#/projects/1017/tokens',
      'https://tir.e2enetworks.com/projects/1017?next=/projects/1017',
      'https://infer.e2enetworks.net/project/p-1017/genai/llama/v1',
      'https://infer.e2enetworks.net/project/p-1017/endpoint/is-42/v1',
      `https://notebooks.e2enetworks.com/notebook/p-1017/n-${values.key}/lab`,
      'see https://tir.e2enetworks.com/projects/1017/tokens, please',
      '{"api_key":"x","auth_token":"x","team_id":12,"project_id":1017}',
    ]) {
      assert.deepEqual(readProject(text), { projectId: 1017 }, text);
    }
    assert.deepEqual(readProject(`${api}?apikey=x&${query}&active_iam=6`), { ...place, activeIam: 6 });
    assert.deepEqual(readProject(`${api}?project_id=1017&location=chennai`), { projectId: 1017, location: 'Chennai' });
    assert.deepEqual(readProject('9'.repeat(15)), { projectId: 999_999_999_999_999 });
  });

  it('reads nothing else', () => {
    for (const text of [
      '',
      '0',
      '000',
      '-1',
      '12.5',
      'x',
      'p-',
      'p-x',
      '#1017',
      '1'.repeat(16),
      'is-123',
      `n-${values.key}`,
      values.key,
      'project_id=0',
      'project_id=12.5',
      'project_id=x',
      `project_id=${'1'.repeat(16)}`,
      'project_id=1 E2E_PROJECT_ID=2',
      'https://tir.e2enetworks.com',
      'https://tir.e2enetworks.com/projects/',
      'https://tir.e2enetworks.com/projects/0/tokens',
      'https://tir.e2enetworks.com/projects/new',
      `https://tir.e2enetworks.com/projects/${'1'.repeat(16)}`,
      'https://tir.e2enetworks.com/projects/1017/p?next=/projects/1018',
      'https://infer.e2enetworks.net/endpoint/is-123/v1',
      ' '.repeat(1_000_000),
    ]) {
      assert.equal(readProject(text), undefined, text.slice(0, 80));
    }
  });
});

describe('the time to read pasted text', () => {
  /** Runs `work`, and returns the expressions that ran, and how many characters they read. */
  function watch(work: () => void) {
    const exec = Object.getOwnPropertyDescriptor(RegExp.prototype, 'exec')!;
    const native = exec.value as (this: RegExp, text: string) => RegExpExecArray | null;
    const expressions = new Map<string, RegExp>();
    let characters = 0;
    const counted = function (this: RegExp, text: string) {
      const from = this.global || this.sticky ? this.lastIndex : 0;
      const match = native.call(this, text);
      const end = match ? match.index + match[0].length : this.sticky ? from : text.length;
      characters += Math.max(0, end - from);
      expressions.set(String(this), this);
      return match;
    };
    Object.defineProperty(RegExp.prototype, 'exec', { ...exec, value: counted });
    try {
      work();
    } finally {
      Object.defineProperty(RegExp.prototype, 'exec', exec);
    }
    return { expressions: [...expressions.values()], characters };
  }

  const readAll = (text: string) => {
    for (const read of [readPasted, readMyAccountFile, readApiKey, readProject]) {
      try {
        read(text);
      } catch {
        // Refused texts take time too.
      }
    }
  };

  const filled = [...right, ...wrong].map(([text]) => fill(text));
  // The stub of VS Code fills in the arguments of texts.
  const ofStub = String.raw`\{([^}]+)\}`;
  const { expressions } = watch(() => filled.forEach(readAll));
  for (const { source, flags } of expressions.filter((expression) => expression.source !== ofStub)) {
    it(`is linear for any text: /${source}/${flags}`, () => {
      // Limits steps rather than time, which depends on how busy the machine is.
      const bySteps = { attackTimeout: null, incubationTimeout: null, seedingTimeout: null };
      assert.equal(checkSync(source, flags, { ...bySteps, timeout: 50_000 }).status, 'safe');
    });
  }

  it('grows in proportion to a hostile text', () => {
    for (const piece of [
      'token=.',
      'token="',
      `token='token="`,
      'token= ',
      '"',
      'eyJ.',
      'eyJ ',
      '%22',
      ' ',
      '\\\n',
      '{"a":',
    ]) {
      const measure = (length: number) => watch(() => readAll(piece.repeat(length / piece.length))).characters / length;
      const [short, long] = [measure(2_000), measure(20_000)];
      assert.ok(long < short * 1.2, `${piece}: ${short} per character of a short text, ${long} of a long one`);
    }
  });

  it('is nothing for a text that is longer than any', () => {
    const { characters } = watch(() => readAll('token="'.repeat(150_000)));
    // Those of the reason.
    assert.ok(characters < 1000, String(characters));
  });
});
