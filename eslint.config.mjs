import js from '@eslint/js';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/**
 * The realms, and in each its rooms, in the order in which they may build on each other: a room imports from the realms and
 * rooms before it, never from one after it. '' is what stands in the realm's own folder, between its rooms.
 */
const house = {
  limiter: [
    'errors',
    'checks',
    'vector',
    'algorithms',
    'definition',
    'presets',
    'request',
    'waiting',
    'ledger',
    'retry',
    'feedback',
    'control',
    'protocol',
    'lease',
    'allocator/account',
    'allocator/grants',
    'allocator/snapshot',
    'allocator',
    'pool',
  ],
  acquire: ['', 'gate', 'client', 'set', 'pool'],
  workflows: ['support', 'limiter', 'limits', 'routing', 'tasks', 'batch', ''],
  client: ['files', 'dev-server', 'link', 'events', 'backends', 'admin', 'sets', 'telemetry'],
  activities: ['context', 'limited', 'plugin', ''],
  batch: [
    'errors',
    'config',
    'text',
    'tokens',
    'files',
    'temporal',
    'metrics',
    'state',
    'worker',
    'report',
    'look',
    'dashboard',
    'run',
    'operate',
    'cli',
  ],
};

/** The rooms of the simulator, in the same order. */
const simulatorRooms = [
  'world',
  'scenario',
  'provider',
  'fleet',
  'faults',
  'invariants',
  'simulation',
  'seeds',
  'mutants',
  'loads',
  '',
];

/** What builds on the realms, and they on none of it. */
const around = [
  './dashboard',
  './demo',
  './examples',
  './simulator',
  './fuzz',
  './chaos',
  './bench',
  './scripts',
  './test',
];

const realms = Object.keys(house);

const oneWay = [
  ...realms.flatMap((realm, index) => {
    const before = realms.slice(0, index + 1);
    return [
      {
        target: `./src/${realm}`,
        from: ['./src', ...around],
        except: before.map((allowed) => `./${allowed}`),
        message: `src/${realm} may import only from ${before.join(', ')}.`,
      },
      ...zones(`./src/${realm}`, house[realm]),
    ];
  }),
  ...zones('./simulator', simulatorRooms),
];

/** Each room may import from the rooms before it, and from none after it. */
function zones(folder, rooms) {
  const files = (room) =>
    `${folder}/${room === '' ? '*.ts' : rooms.some((inner) => isInside(inner, room)) ? `${room}/*.ts` : `${room}/**/*`}`;
  return rooms.flatMap((room, place) => {
    const after = rooms.slice(place + 1).filter((other) => !isInside(room, other));
    return after.length === 0
      ? []
      : [
          {
            target: files(room),
            from: after.map(files),
            message: `${folder.slice(2)}/${room} is below ${after.map((other) => other || "the folder's own files").join(', ')}: it may not import from there.`,
          },
        ];
  });
}

function isInside(inner, outer) {
  return inner !== outer && inner.startsWith(`${outer}/`);
}

/** Forbids every package and Node built-in except the named ones. */
const onlyPackages = (message, ...names) => [
  'error',
  { patterns: [{ regex: names.length > 0 ? `^(?!\\.|(?:${names.join('|')})$)` : '^[^.]', message }] },
];

export default tseslint.config(
  { ignores: ['lib/', 'coverage/', 'docs/api/', 'tmp/', 'bench/results/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
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
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 70 }],
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
      'no-restricted-imports': onlyPackages(
        'src/limiter and src/acquire are pure: no Node built-in, and no package but a parser.',
        'structured-headers',
      ),
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
    files: ['test/**/*.ts'],
    // A `describe` is a list of tests, however long.
    rules: { 'max-lines-per-function': 'off' },
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
  ...['examples/*.ts', 'examples/*/*.ts'].map((files, depth) => ({
    files: [files],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^${'\\.\\./'.repeat(depth + 1)}`,
              message:
                'An example is copied from: it imports the package by its name, and nothing else outside of examples.',
            },
          ],
        },
      ],
    },
  })),
  { files: ['test/support/*.ts'], rules: { 'import-x/no-default-export': 'off' } },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: { globals: { module: 'writable', require: 'readonly', process: 'readonly', console: 'readonly' } },
  },
);
