import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  { ignores: ['dist/', 'out/', '.vscode-test/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // Numbers, such as IDs and counts, read well in messages.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `const { field, ...rest } = record` leaves out a field, which stays unused.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      // `void` before a promise says that the code doesn't wait for it.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreVoidOperator: true, ignoreArrowShorthand: true },
      ],
    },
  },
  {
    // These files work, and are tested, without VS Code. Of its API they import only `l10n` and types.
    files: [
      'src/tir/**/*.ts',
      'src/platform/**/*.ts',
      'src/tokens/**/*.ts',
      'src/export/{configFile,envFile,git,github}.ts',
      'src/activity/{columns,entries,log,recorder,text,words}.ts',
      'src/base/{async,errors,secret}.ts',
      'src/secrets/{keys,listableSecrets,records,recordStorage}.ts',
      'src/authentication/sessions.ts',
      'src/terminals/{variables,debuggers,shells}.ts',
      'src/notebooks/python.ts',
      'src/snippets/snippets.ts',
      'src/leaks/{knownValues,patterns,scan}.ts',
      'src/rewrite/**/*.ts',
    ],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { paths: [{ name: 'vscode', allowTypeImports: true, allowImportNames: ['l10n'] }] },
      ],
    },
  },
  {
    // Casts in scripts are comments, which these rules don't read.
    files: ['scripts/**/*.mjs'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // A failed assertion says more than code that narrows the type.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
