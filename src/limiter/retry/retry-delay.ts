/** How the delay grows from one retry to the next. */
export type RetryAlgorithm = 'Exponential' | 'Linear' | 'Fibonacci';

/** What the delays before an attempt's repetitions are made of. */
export interface RetryDelayPolicy {
  readonly algorithm: RetryAlgorithm;
  /** The delay before the first repetition. */
  readonly waitMs: number;
  /** The share of each delay that is left to chance, from 0 to 1. */
  readonly jitter: number;
}

/** No delay is longer: attempts so far apart are a mistake in a unit, or of more doublings than were meant. A day. */
export const LONGEST_RETRY_DELAY_MS = 86_400_000;

/** How many times the first delay the one before the n-th repetition (from 1) is. */
const GROWTH: Readonly<Record<RetryAlgorithm, (repetition: number) => number>> = {
  Exponential: (repetition) => 2 ** (repetition - 1),
  Linear: (repetition) => repetition,
  Fibonacci: fibonacci,
};

/** The names of all algorithms. */
export const RETRY_ALGORITHMS = Object.keys(GROWTH) as readonly RetryAlgorithm[];

/**
 * The delay before the n-th repetition, whole milliseconds from 1: Temporal takes a delay of 0 for the wish to give up.
 *
 * @param repetition From 1
 * @param chance From 0 to 1; the delay loses that part of the share that is left to chance
 */
export function retryDelayMs(policy: RetryDelayPolicy, repetition: number, chance: number): number {
  const fullMs = Math.min(LONGEST_RETRY_DELAY_MS, policy.waitMs * GROWTH[policy.algorithm](repetition));
  return Math.max(1, Math.round(fullMs * (1 - policy.jitter * chance)));
}

/** 1, 1, 2, 3, 5, … */
function fibonacci(n: number): number {
  let [current, next] = [1, 1];
  for (let i = 1; i < n && Number.isFinite(next); i += 1) [current, next] = [next, current + next];
  return current;
}
