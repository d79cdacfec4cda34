import { type AlgorithmName } from '../../src/index';

/** What is acquired together. */
export type Shape = 'permit' | 'call' | 'call + 2 rates';

/** One line of the table. */
export interface Case {
  readonly shape: Shape;
  readonly algorithm: AlgorithmName;
  /** Acquisitions that count in the window, or permits that are held, while it is measured. */
  readonly entries: number;
}

/** More than any run uses up: what is measured is the passing, not the waiting. */
export const PLENTY = 1e9;
export const WINDOW_SECONDS = 60;
export const REQUESTED = { input_tokens: 10, output_tokens: 5 };

const ALGORITHMS = ['SlidingWindow', 'TokenBucket', 'LeakyBucket', 'FixedWindow', 'GCRA'] as const;

/** With how many entries each is measured. */
export const ENTRIES = [0, 1_000, 100_000] as const;

/** All that is measured, with each number of entries. */
export const CASES: readonly Omit<Case, 'entries'>[] = [
  { shape: 'permit', algorithm: 'SlidingWindow' },
  ...ALGORITHMS.map((algorithm) => ({ shape: 'call', algorithm }) as const),
  ...ALGORITHMS.map((algorithm) => ({ shape: 'call + 2 rates', algorithm }) as const),
];

/** How a case is called in the table. */
export function nameOf({ shape, algorithm }: Omit<Case, 'entries'>): string {
  return shape === 'permit' ? shape : `${shape}, ${algorithm}`;
}
