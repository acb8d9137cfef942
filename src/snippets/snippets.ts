/** The project that a snippet is for. Its fields may be placeholders such as `<project id>`. */
export interface SnippetProject {
  readonly projectId: number | string;
  readonly location: string;
  /** ID of the contact person whose account the project is in. */
  readonly activeIam?: number | undefined;
  readonly teamId?: number | undefined;
  /** Base URL of the API, with or without a trailing slash. */
  readonly apiUrl: string;
}

/** Documents that a snippet is offered in, in the shape of VS Code's `DocumentFilter`. */
export interface SnippetFilter {
  /** One of `snippetLanguages`. */
  readonly language: string;
  readonly pattern?: string;
  readonly notebookType?: string;
}

export interface Snippet {
  readonly kind: Kind;
  readonly where: readonly SnippetFilter[];
  /** Inserts the lines without indenting them: the end of a here-document must be at the start of its line. */
  readonly keepWhitespace?: boolean;
  /** Word to type to get the snippet. */
  readonly prefix: string;
  /** Returns the code, which names the variable and never holds a value. May contain placeholders such as `<model>`. */
  text(project: SnippetProject): string;
}

export const kinds = [
  'curl',
  'python-requests',
  'python-sdk',
  'openai-python',
  'openai-js',
  'github-actions',
  'gitlab-ci',
  'dockerfile',
  'jupyter',
] as const;
export type Kind = (typeof kinds)[number];

/** Placeholders for an unknown project. */
export const unknownProject = { projectId: '<project id>', location: '<location>' } as const;

/** Matches a placeholder in a snippet. The same one may occur more than once. */
export const placeholder = /<[a-z][a-z ]*>/g;

const python: readonly SnippetFilter[] = [{ language: 'python' }];

const snippets: Readonly<Record<Kind, Omit<Snippet, 'kind' | 'prefix'>>> = {
  curl: {
    where: [{ language: 'shellscript' }],
    keepWhitespace: true,
    text: curl,
  },
  'python-requests': {
    where: python,
    // No raise_for_status(): its message quotes the URL, which contains the API key.
    text: (project) => `import os

import requests

response = requests.get(
    "${callUrl(project)}",
    headers={"Authorization": f"Bearer {os.environ['TIR_API_TOKEN']}"},
    params={
${Object.entries(query(project))
  .map(([name, value]) => `        "${name}": "${value}",`)
  .join('\n')}
        # The setting tir.terminal.sdkVariables sets this variable. If it's unset, requests omits the parameter.
        "apikey": os.environ.get("E2E_TIR_API_KEY"),
    },
    timeout=30,
)
print(response.status_code, response.reason)
`,
  },
  'python-sdk': {
    where: python,
    text: ({ projectId, location, teamId }) => `import os

from e2enetworks.cloud import tir

# The SDK reads these and E2E_TIR_API_KEY. The setting tir.terminal.sdkVariables sets all but the team.
os.environ.setdefault("E2E_TIR_ACCESS_TOKEN", os.environ["TIR_API_TOKEN"])
os.environ.setdefault("E2E_TIR_PROJECT_ID", "${projectId}")
os.environ.setdefault("E2E_TIR_LOCATION", "${location}")
${
  teamId === undefined
    ? '# Some calls also read the ID of your team from E2E_TIR_TEAM_ID.'
    : `os.environ.setdefault("E2E_TIR_TEAM_ID", "${teamId}")`
}

tir.init()
`,
  },
  'openai-python': {
    where: python,
    text: ({ projectId }) => `import os

from openai import OpenAI

client = OpenAI(
    api_key=os.environ["TIR_API_TOKEN"],
    base_url="${inferenceUrl(projectId)}",
)
completion = client.chat.completions.create(
    model="<model>",
    messages=[{"role": "user", "content": "Hello"}],
)
print(completion.choices[0].message.content)
`,
  },
  'openai-js': {
    where: (['javascript', 'javascriptreact', 'typescript', 'typescriptreact'] as const).map((language) => ({
      language,
    })),
    text: ({ projectId }) => `import OpenAI from 'openai';

const client = new OpenAI({
  // Without a value, the client would send OPENAI_API_KEY.
  apiKey: process.env.TIR_API_TOKEN ?? '',
  baseURL: '${inferenceUrl(projectId)}',
});
const completion = await client.chat.completions.create({
  model: '<model>',
  messages: [{ role: 'user', content: 'Hello' }],
});
console.log(completion.choices[0]?.message.content);
`,
  },
  'github-actions': {
    where: [
      { language: 'yaml', pattern: '**/.github/workflows/*.{yml,yaml}' },
      // Language of the same files with the extension "GitHub Actions".
      { language: 'github-actions-workflow' },
    ],
    text: (project) => `# Add both values as repository secrets: Settings > Secrets and variables > Actions.
- name: Check the TIR token
  env:
    TIR_API_TOKEN: \${{ secrets.TIR_API_TOKEN }}
    E2E_TIR_API_KEY: \${{ secrets.E2E_TIR_API_KEY }}
  run: |
${indented(curl(project), 4)}`,
  },
  'gitlab-ci': {
    where: [{ language: 'yaml', pattern: '**/.gitlab-ci*.yml' }],
    text: (project) => `# Add TIR_API_TOKEN and E2E_TIR_API_KEY as masked variables: Settings > CI/CD > Variables.
check-tir-token:
  script:
    - |
${indented(curl(project), 6)}`,
  },
  dockerfile: {
    where: [{ language: 'dockerfile' }],
    text: () => `# docker build --secret id=TIR_API_TOKEN,env=TIR_API_TOKEN .
# Only this step has the token. It isn't stored in any layer of the image.
RUN --mount=type=secret,id=TIR_API_TOKEN,required=true \\
    export TIR_API_TOKEN="$(cat /run/secrets/TIR_API_TOKEN)" && \\
    <command>
`,
  },
  jupyter: {
    where: [{ language: 'python', notebookType: 'jupyter-notebook' }],
    text: () => `import os
from getpass import getpass

# Run "TIR: Give Token to Notebook", or type the token when asked: it isn't saved in the notebook.
if "TIR_API_TOKEN" not in os.environ:
    os.environ["TIR_API_TOKEN"] = getpass("TIR_API_TOKEN: ")

headers = {"Authorization": f"Bearer {os.environ['TIR_API_TOKEN']}"}
`,
  },
};

export function isKind(word: string): word is Kind {
  return (kinds as readonly string[]).includes(word);
}

export function snippetOf(kind: Kind): Snippet {
  return { ...snippets[kind], kind, prefix: `tir-${kind}` };
}

/**
 * Returns a call that tests the token. It prints only the status, because the answer may contain values. curl reads the
 * token and the API key from standard input, because other programs can see its arguments. A here-document doesn't
 * appear in a `set -x` trace either. Comments are inside curl's config: an interactive zsh doesn't allow its own.
 */
function curl(project: SnippetProject): string {
  const parameters = Object.entries(query(project)).map(([name, value]) => `${name}=${value}`);
  return `curl --config - <<END
# Prints 200 if TIR accepts the token. The setting tir.terminal.sdkVariables sets the API key.
url = "${callUrl(project)}?${parameters.join('&')}\${E2E_TIR_API_KEY:+&apikey=$E2E_TIR_API_KEY}"
header = "Authorization: Bearer \${TIR_API_TOKEN:?is not set}"
silent
show-error
fail
output = "/dev/null"
write-out = "%{http_code}\\n"
END
`;
}

/** Returns the URL of `GET /auth-token/`, the only call that needs nothing but the project. */
function callUrl({ apiUrl }: SnippetProject): string {
  return `${apiUrl.replace(/\/+$/, '')}/auth-token/`;
}

function query({ projectId, location, activeIam }: SnippetProject): Record<string, string> {
  return { project_id: String(projectId), location, ...(activeIam !== undefined && { active_iam: String(activeIam) }) };
}

/**
 * Returns the base URL for OpenAI-compatible clients, which most public code uses. The model is part of it, and clients
 * send the model's name too. A model that a project deploys itself is at `…/endpoint/is-<n>/v1` instead.
 */
function inferenceUrl(projectId: SnippetProject['projectId']): string {
  return `https://infer.e2enetworks.net/project/p-${projectId}/genai/<model>/v1`;
}

function indented(text: string, spaces: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(spaces));
}
