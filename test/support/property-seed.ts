import fc from 'fast-check';

/**
 * Properties try other cases at each run; in CI they try the same ones, so that a change is judged by what it changed. A
 * failure found locally prints its seed, and becomes a test of its own.
 */
if (process.env['CI'] !== undefined) fc.configureGlobal({ seed: 20_261_122 });
