import * as vscode from 'vscode';

import type { Kind } from './snippets';

/** What a snippet is, and what it is for. */
export const titles: Readonly<Record<Kind, { readonly label: string; readonly use: string }>> = {
  curl: { label: 'curl', use: vscode.l10n.t('Call the API from sh, bash or zsh') },
  'python-requests': { label: 'Python requests', use: vscode.l10n.t('Call the API from Python') },
  'python-sdk': { label: 'Python SDK', use: vscode.l10n.t("Start the vendor's SDK with the token") },
  'openai-python': { label: 'OpenAI, Python', use: vscode.l10n.t('Ask a model that is deployed in the project') },
  'openai-js': { label: 'OpenAI, JavaScript', use: vscode.l10n.t('Ask a model that is deployed in the project') },
  'github-actions': {
    label: 'GitHub Actions',
    use: vscode.l10n.t('A step with the token out of the secrets of the repository'),
  },
  'gitlab-ci': { label: 'GitLab CI', use: vscode.l10n.t('A job with the token out of a masked variable') },
  dockerfile: { label: 'Dockerfile', use: vscode.l10n.t('A build step with the token that leaves it in no layer') },
  jupyter: { label: 'Jupyter', use: vscode.l10n.t('A cell that has the token, or asks for it') },
};
