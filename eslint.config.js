'use strict';

const { defineConfig, globalIgnores } = require('eslint/config');
const tseslint = require('typescript-eslint');

module.exports = defineConfig([
  globalIgnores(['**/*', '!lib/**', '!test/**', '!examples/**', '!bench/**']),
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: __dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Numbers are what this library is full of; a template is a fine way to print one.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // A literal array of bytes, an index known to be good: `!` says so in fewer words than a check.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Taking a property out of an object by naming it beside the rest.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // A derived type is given a name that editors show: `interface Rule extends RowOf<RuleFields> {}`.
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      // Callers in JavaScript pass what their types forbid, and get an error that names it.
      '@typescript-eslint/no-unnecessary-condition': 'off',
    },
  },
  {
    files: ['examples/**', 'bench/**', 'test/setup/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**'],
    rules: {
      // `await using guard = ...` and jest.fn() need neither.
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
]);
