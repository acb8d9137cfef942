import * as vscode from 'vscode';

import { useInFolder } from '../base/folders';
import { settings } from '../base/settings';
import type { Store } from '../secrets/store';
import {
  type Kind,
  kinds,
  type SnippetProject,
  placeholder,
  type Snippet,
  snippetOf,
  unknownProject,
} from './snippets';

/** Each snippet's label and use. */
export const titles: Readonly<Record<Kind, { readonly label: string; readonly use: string }>> = {
  curl: { label: 'curl', use: vscode.l10n.t('Call the API from sh, bash or zsh') },
  'python-requests': { label: 'Python requests', use: vscode.l10n.t('Call the API from Python') },
  'python-sdk': { label: 'Python SDK', use: vscode.l10n.t('Initialize the TIR Python SDK') },
  'openai-python': { label: 'OpenAI, Python', use: vscode.l10n.t('Call a model hosted on TIR') },
  'openai-js': { label: 'OpenAI, JavaScript', use: vscode.l10n.t('Call a model hosted on TIR') },
  'github-actions': {
    label: 'GitHub Actions',
    use: vscode.l10n.t('Use a repository secret in a workflow step'),
  },
  'gitlab-ci': { label: 'GitLab CI', use: vscode.l10n.t('Use a masked variable in a job') },
  dockerfile: {
    label: 'Dockerfile',
    use: vscode.l10n.t('Use the token in a build step without storing it in a layer'),
  },
  jupyter: { label: 'Jupyter', use: vscode.l10n.t('Read the token in a notebook, or ask for it') },
};

/** Returns completions with the snippets of a document's language, which replace `range`. */
export async function completionsFor(
  document: vscode.TextDocument,
  range: vscode.Range,
  store: Pick<Store, 'connections' | 'uses'>,
): Promise<vscode.CompletionItem[]> {
  const snippets = kinds.map(snippetOf).filter(({ where }) => vscode.languages.match(where, document) > 0);
  if (snippets.length === 0) {
    return [];
  }
  const project = await projectFor(document.uri, store);
  return snippets.map((snippet) => completion(snippet, project, range));
}

/** Returns the project of the token in use in the document's folder, or the only project, or else placeholders. */
async function projectFor(uri: vscode.Uri, store: Pick<Store, 'connections' | 'uses'>): Promise<SnippetProject> {
  const [connections, uses] = await Promise.all([store.connections(), store.uses()]);
  const use = useInFolder(uses, vscode.workspace.getWorkspaceFolder(uri)?.uri.toString());
  const connection =
    connections.find(({ id }) => id === use?.connectionId) ?? (connections.length === 1 ? connections[0] : undefined);
  return { ...(connection ?? unknownProject), apiUrl: settings.apiUrl() };
}

function completion(snippet: Snippet, project: SnippetProject, range: vscode.Range): vscode.CompletionItem {
  const { prefix, keepWhitespace = false } = snippet;
  const { label, use } = titles[snippet.kind];
  const code = snippet.text(project);
  const item = new vscode.CompletionItem({ label: prefix, description: label }, vscode.CompletionItemKind.Snippet);
  item.detail = use;
  item.documentation = new vscode.MarkdownString().appendCodeblock(code);
  item.insertText = withTabStops(code.trimEnd());
  item.keepWhitespace = keepWhitespace;
  item.range = range;
  // Sorts below the language's own completions.
  item.sortText = `~${prefix}`;
  return item;
}

/** Turns placeholders into tab stops; equal ones share a tab stop. Escapes all other text. */
function withTabStops(code: string): vscode.SnippetString {
  const snippet = new vscode.SnippetString();
  const names: string[] = [];
  let end = 0;
  for (const { 0: name, index } of code.matchAll(placeholder)) {
    snippet.appendText(code.slice(end, index));
    end = index + name.length;
    if (!names.includes(name)) {
      names.push(name);
    }
    snippet.appendPlaceholder(name, names.indexOf(name) + 1);
  }
  return snippet.appendText(code.slice(end));
}
