/** Swc rather than tsc: types are checked once by `npm run types`, and a test file starts in milliseconds. */
const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022', keepClassNames: true },
      module: { type: 'commonjs' },
      sourceMaps: 'inline',
    },
  ],
};

/** The examples import the package by its name, as their reader will; here that is its source, as in tsconfig.json. */
const moduleNameMapper = {
  // what is imported when it is needed is named as it is once compiled
  '^(\\.{1,2}/.+)\\.js$': '$1',
  '^temporal-limits$': '<rootDir>/src/index.ts',
  '^temporal-limits/worker$': '<rootDir>/src/activities/index.ts',
  '^temporal-limits/workflow$': '<rootDir>/src/workflows/index.ts',
};

const shared = {
  testEnvironment: '<rootDir>/test/support/tidy-environment.js',
  transform,
  moduleNameMapper,
  modulePathIgnorePatterns: ['<rootDir>/lib/'],
  setupFiles: ['<rootDir>/test/support/property-seed.ts'],
};

/** Simulations of whole fleets, fuzzing, and compilers at work: minutes of computing, which `npm run test:quick` leaves out. */
const long = [
  'test/simulator/**/*.test.ts',
  'test/limiter/allocator/{fair-shares,more-clients-than-fit,slow-fleets}.test.ts',
  'test/bench/targets.test.ts',
  'test/hostile/fuzz.test.ts',
  'test/activities/plugin/workflow-code.test.ts',
  'test/packaging/{programs,tarball}.test.ts',
];

/** Needs a production server's programs: `npm run test:real-server` runs it. */
const real = 'test/e2e/real-server-faults.test.ts';

/** @type {import('jest').Config} */
module.exports = {
  // more than two cores compute: end-to-end tests wait for a server between
  maxWorkers: 3,
  testSequencer: '<rootDir>/test/support/long-first-sequencer.js',
  // nothing is timed here: a busy machine is no failure. Only read from here; a project's own would be ignored
  testTimeout: 300_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['**/test/**/*.test.ts', '!**/test/e2e/**', ...long.map((place) => `!**/${place}`)],
    },
    {
      ...shared,
      displayName: 'long',
      testMatch: long.map((place) => `<rootDir>/${place}`),
    },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: [
        '<rootDir>/test/e2e/**/*.test.ts',
        ...(process.env['REAL_SERVER'] === undefined ? [`!**/${real}`] : []),
      ],
      globalSetup: '<rootDir>/test/support/global-setup.ts',
    },
  ],
};
