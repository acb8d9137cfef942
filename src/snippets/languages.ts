/** The languages that snippets are offered in. By itself, so that the snippets are loaded when the first one is typed. */
export const snippetLanguages = [
  'shellscript',
  'python',
  'javascript',
  'javascriptreact',
  'typescript',
  'typescriptreact',
  'yaml',
  'github-actions-workflow',
  'dockerfile',
] as const;
export type SnippetLanguage = (typeof snippetLanguages)[number];
