import type { Outcome, Trace } from './trace';

/**
 * How a kind of oddity is decided:
 * - `reference` / `documents`: exactly as recorded, in that profile.
 * - `rules`: by the rules of an acquisition (`own-rules.ts`), and as recorded until they first decide a step.
 * - `leak` / `aligned`: by a meter that counts by hand (`own-meters.ts`).
 * - `scaled`: as the same trace with all amounts and capacities four times as large, where nothing is fractional.
 * - `monotonic`: as the same trace with a clock that stands still instead of going back.
 * - `refuse`: cannot be constructed.
 */
type Way = 'reference' | 'documents' | 'rules' | 'leak' | 'aligned' | 'scaled' | 'monotonic' | 'refuse';

export interface Decision {
  readonly way: Way;
  /** The profile to agree with where nothing odd has happened yet. @default 'reference' */
  readonly profile?: 'reference' | 'documents';
  readonly because: string;
  /** Turns what was recorded into our words for the same. */
  readonly adapt?: (expected: Outcome, trace: Trace) => Outcome;
}

/** An amount of 0 leaves a call or resource limit out, where the recorded system lists it with 0. */
function withoutZeroPermits(expected: Outcome, trace: Trace): Outcome {
  if (expected.amounts === undefined) return expected;
  const rates = new Set(trace.limits?.map((limit) => (limit.kind === 'rate' ? limit.key : '')));
  const kept = Object.entries(expected.amounts).filter(([key, amount]) => amount !== 0 || rates.has(key));
  return { ...expected, amounts: Object.fromEntries(kept) };
}

/** Every kind of oddity; one that is missing here fails the test. */
export const decisions: Readonly<Record<string, Decision>> = {
  'usage-over-requested': {
    way: 'rules',
    profile: 'documents',
    because: 'what was used was used: it is charged as a debt, as an error would lose an answer that was paid for',
  },
  'request-over-capacity': { way: 'reference', because: 'a wait that cannot end is an error at once' },
  'unknown-key': { way: 'rules', profile: 'documents', because: 'a misspelt key would otherwise be no limit at all' },
  'call-limit-explicit-n': {
    way: 'rules',
    profile: 'documents',
    because: 'calls that were taken were made: their usage is what was taken, and need not be told',
  },
  'fractional-amount': { way: 'scaled', because: 'units of a rate may be fractions, under every algorithm' },
  'fractional-capacity': { way: 'reference', because: 'so may its capacity' },
  'leaky-remainder-loss': { way: 'leak', because: 'looking at a limit must not starve it' },
  'fixed-window-anchor': { way: 'aligned', because: 'processes agree on windows only by the clock' },
  'clock-backwards': { way: 'monotonic', because: 'a clock that jumps back creates no capacity' },
  'release-of-failed-acquisition': { way: 'rules', because: 'what was never taken cannot be given back' },
  'negative-amount': { way: 'rules', because: 'a negative amount would create capacity' },
  'zero-amount': {
    way: 'rules',
    because: '0 leaves a limit out; a rate limit is then still named',
    adapt: withoutZeroPermits,
  },
  'rollback-loses-rate-amounts': { way: 'rules', because: 'everything is checked before anything is taken' },
  'acquire-timeout-grid': { way: 'rules', because: 'a timeout ends at its deadline' },
  'partial-update-application': { way: 'rules', because: 'everything is checked before anything is kept' },
  'missing-update-keeps-held': {
    way: 'rules',
    because: 'everything is freed first, then the error tells what was missing',
  },
  'resource-usage-ignored': { way: 'rules', because: 'more than was held is a mistake somewhere' },
  'negative-worker-index': { way: 'refuse', because: 'a worker index counts workers from 0' },
};
