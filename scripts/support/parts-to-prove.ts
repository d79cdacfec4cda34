/** What `npm run prove` can prove, by name: which test files, as a pattern, or which program, from `scripts`. */
export const PARTS = {
  algorithms: 'limiter/(algorithms|ledger-promise|sliding-window|revisable-bucket)',
  conformance: 'test/conformance',
  found: 'limiter/allocator/found-by-simulation',
  clocks: 'client/link/wall-clock',
  hostile: 'test/hostile|allocator-hostile|e2e/(hostile-|mistakes)',
  security: 'test/security|e2e/(batch-)?secrecy',
  versions: 'hostile/versions|recorded-states|e2e/(replay|versions|rollback|batch-replay)',
  codecs: 'e2e/(codecs|codec-without-client|batch-codec)',
  costs: 'test/bench|fleet-throughput',
  feedback: { program: '../bench/feedback' },
} as const;
