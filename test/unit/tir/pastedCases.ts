import { randomBytes, randomUUID } from 'node:crypto';

import type { Pasted } from '../../../src/tir/pasted';
import { newValue } from '../../emulator/platform';

/*
 * Pasted texts, and what they say. Longer than other files, since it's two tables.
 */

const jwt = newValue();
export const values = {
  jwt,
  jwt2: newValue(),
  // As an e-mail breaks it.
  'broken-jwt': jwt.replace(/.{60}/g, '$&\n'),
  // As a text box joins the broken lines.
  'spaced-jwt': jwt.replace(/.{60}/g, '$& '),
  'cut-jwt': jwt.slice(0, -70),
  'base64-jwt': Buffer.from(jwt).toString('base64'),
  'api-url': 'https://api.e2enetworks.com/myaccount/api/v1/gpu/auth-token/',
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

export function fill(template: string): string {
  return template.replace(/\{([a-z\d-]+)\}/g, (whole, name: string) => (name in values ? values[name as Name] : whole));
}

const both = { token: '{jwt}', apiKey: '{key}' };
const config = { ...both, projectId: 1017, teamId: 12 };
export const place = { projectId: 1017, location: 'Delhi' };
export const api = 'https://api.e2enetworks.com/myaccount/api/v1/gpu/auth-token/';
export const query = 'project_id=1017&location=Delhi';

/** Texts, and what they say: without it, just `{jwt}`. */
export const right: readonly (readonly [text: string, says?: Pasted])[] = [
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
  // An API key ends where a shell, a URL or a sentence ends it.
  ['api_key={key};auth_token={jwt};project_id=1017', { ...both, projectId: 1017 }],
  ['export E2E_TIR_API_KEY={key};export TIR_API_TOKEN={jwt}', both],
  ['set E2E_TIR_API_KEY={key}&& set TIR_API_TOKEN={jwt}', both],
  ['api_key={key}|auth_token={jwt}', both],
  ['apikey%3D{key}%26token%3D{jwt}', both],
  ['http x apikey=={key} "Authorization: Bearer {jwt}"', both],
  ['https://x.e2enetworks.com/?apikey={key}#top Bearer {jwt}', both],
  ['API key: {key}. Token: {jwt}. Project ID: 1017.', { ...both, projectId: 1017 }],
  ['<a href="{api-url}?apikey={key}&amp;project_id=1017">x</a> Bearer {jwt}', { ...both, projectId: 1017 }],
  // Mail, Markdown, YAML and Kubernetes.
  ['**API key:** {key}\n**Token:** {jwt}', both],
  ['**{jwt}**'],
  ['<p>Token: <b>{jwt}</b></p>'],
  ['auth_token: {jwt}<br>project_id: 1017<br>', { token: '{jwt}', projectId: 1017 }],
  ['auth_token: >-\n  {jwt}'],
  ['{jwt}\ufe0f'],
  ['Bearer%2520{jwt}'],
  ['data:\n  TIR_API_TOKEN: {base64-jwt}'],
  [
    '{"default":"a","profiles":{"a":{"api_key":"{key}","auth_token":"{jwt}","default_project_id":"1017"}}}',
    { ...both, projectId: 1017 },
  ],
];

const noToken = /^No token found/;
export const incomplete = /^The value is incomplete/;
export const interpolated = /^The value contains "\$\{"/;
const apiKey = /^This is an API key/;
export const several = /^The text contains several/;
export const other = /^The text contains another service's key/;
export const word = /^A token or API key has only ASCII characters/;
export const length = /^A token or API key has 8 to 8192 characters/;

export const wrong: readonly (readonly [text: string, reason: RegExp])[] = [
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
  ['/home/me/Downloads/config.json', noToken],
  ['config.json', noToken],
  ['~/.e2e/config', noToken],
  ['asha@example.com', noToken],
];
