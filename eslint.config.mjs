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
    // The platform's room, what is kept about it, and the life of a token must work (and be tested) without an editor.
    files: [
      'src/tir/**/*.ts',
      'src/{inTurn,once,keyedHash}.ts',
      'src/secrets/{keys,listableSecrets,records,recordStorage}.ts',
      'src/authentication/sessions.ts',
      'src/terminals/{variables,debuggers}.ts',
      'src/snippets/{languages,snippets}.ts',
      'src/view/rows.ts',
      'src/leaks/{changes,documentLines,known,languages,literal,literals,loadKnown,needs,patterns,ripgrep,scan,site}.ts',
      'src/handOver/**/*.ts',
      'src/lifecycle/**/*.ts',
    ],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { paths: [{ name: 'vscode', allowTypeImports: true }] }],
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
