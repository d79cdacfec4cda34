import js from '@eslint/js';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** The realms, in the order in which they may build on each other: each imports those before it, never one after it. */
const realms = ['limiter', 'acquire', 'workflows', 'client', 'activities', 'batch'];

/** What builds on the realms, and they on none of it. */
const around = ['./demo', './examples', './simulator', './fuzz', './chaos', './bench', './scripts', './test'];

const oneWay = realms.map((realm, index) => ({
  target: `./src/${realm}`,
  from: ['./src', './worker.ts', ...around],
  except: realms.slice(0, index + 1).map((allowed) => `./${allowed}`),
  message: `src/${realm} may import only from ${realms.slice(0, index + 1).join(', ')}.`,
}));

/** Forbids every package and Node built-in except the named ones. */
const onlyPackages = (message, ...names) => [
  'error',
  { patterns: [{ regex: names.length > 0 ? `^(?!\\.|(?:${names.join('|')})$)` : '^[^.]', message }] },
];

export default tseslint.config(
  { ignores: ['lib/', 'coverage/', 'docs/api/', 'tmp/', 'bench/results/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ project: 'tsconfig.json' })] },
    rules: {
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones: oneWay }],
      'import-x/no-cycle': 'error',
      'import-x/no-duplicates': ['error', { 'prefer-inline': true }],
      'import-x/no-default-export': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration[exported=null]', message: 'Name what is exported: an entry is a promise.' },
      ],
      'max-lines': ['error', { max: 250 }],
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/unbound-method': ['error', { ignoreStatic: true }],
      // An environment variable that is set but empty counts as unset, which only `||` says.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreUsingDeclarations: true },
      ],
      // A void arrow as a shorthand, and `while (true)` as the loop of a workflow, say what they mean.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // A workflow is an async function by contract even when it awaits nothing.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['src/limiter/**/*.ts', 'src/acquire/**/*.ts'],
    rules: {
      'no-restricted-imports': onlyPackages('src/limiter and src/acquire are pure: no package, no Node built-in.'),
      'no-restricted-globals': [
        'error',
        'Date',
        'performance',
        'process',
        'setTimeout',
        'setInterval',
        'console',
        'fetch',
      ],
      'no-restricted-properties': [
        'error',
        {
          object: 'Math',
          property: 'random',
          message: 'src/limiter and src/acquire are deterministic: take the random number as a parameter.',
        },
      ],
    },
  },
  {
    files: ['src/workflows/**/*.ts'],
    rules: {
      'no-restricted-imports': onlyPackages(
        'src/workflows runs in the sandbox: only @temporalio/workflow and @temporalio/common exist there.',
        '@temporalio/workflow',
        '@temporalio/common',
      ),
    },
  },
  {
    files: ['test/**/*.ts', 'simulator/**/*.ts'],
    rules: {
      // `expect(mock.method)` reads an unbound method on purpose, and a fake often answers with a plain literal.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Jest's matchers (`expect.anything()`) are typed as any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
  { files: ['test/support/*.ts'], rules: { 'import-x/no-default-export': 'off' } },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: { globals: { module: 'writable', require: 'readonly', process: 'readonly', console: 'readonly' } },
  },
);
