import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  { ignores: ['dist/', 'out/', '.vscode-test/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // Ids and counts read well in messages.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Taking a field out of a record is leaving it unused.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      // `void` in front of a promise says that nobody waits for it.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreVoidOperator: true, ignoreArrowShorthand: true },
      ],
    },
  },
  {
    // These rooms work, and are tested, without an editor. Of its API they use the texts alone.
    files: [
      'src/tir/**/*.ts',
      'src/platform/**/*.ts',
      'src/tokens/**/*.ts',
      'src/export/{configFile,envFile,git,github,problem}.ts',
      'src/activity/{entries,log,recorder,text}.ts',
      'src/base/{async,errors,secret}.ts',
      'src/secrets/{listableSecrets,records,recordStorage}.ts',
      'src/authentication/sessions.ts',
      'src/terminals/{variables,debuggers}.ts',
      'src/snippets/snippets.ts',
      'src/leaks/{known,languages,literals,needs,patterns,scan}.ts',
    ],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { paths: [{ name: 'vscode', allowTypeImports: true, allowImportNames: ['l10n'] }] },
      ],
    },
  },
  {
    // A cast is a comment there, which these rules do not read.
    files: ['scripts/**/*.mjs'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // Assertions say more than a narrowed type would.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
