import fc from 'fast-check';
import { tolerance, type Algorithm, type Window } from '../../../src/limiter/algorithms/algorithm';

/** Windows, capacities and clocks at which doubles round in different ways. */
export const WINDOWS: readonly Window[] = [
  { windowMs: 1000, capacity: 10 },
  { windowMs: 60_000, capacity: 100_000 },
  { windowMs: 333.333, capacity: 7 },
  { windowMs: 0.7, capacity: 0.3 },
  { windowMs: 100, capacity: 1e9 },
];
/** Where clocks begin: at zero, before it, between milliseconds, at the time of day. */
export const CLOCKS = [0, -5000, 12_345.678, 1.78e12, 1.78e12 + 0.123];

/** What a clock near `now` cannot tell apart, in units. */
export function blur(window: Window, now: number): number {
  const resolutionMs = (Math.abs(now) + window.windowMs) * 2 ** -51;
  return tolerance(window) + (resolutionMs / window.windowMs) * window.capacity;
}

/** A step of a random history: time advances by a share of the window, then something of the capacity is asked for. */
export const steps = fc.array(
  fc.record({
    kind: fc.constantFrom<'ask' | 'wait' | 'refund' | 'charge' | 'look'>(
      'ask',
      'ask',
      'wait',
      'refund',
      'charge',
      'look',
    ),
    pause: fc.constantFrom(0, 0, 0.01, 0.1, 0.25, 0.5, 1, 2.5),
    share: fc.constantFrom(0.1, 0.2, 0.5, 0.9, 1),
  }),
  { minLength: 1, maxLength: 60 },
);
/** Any of {@link WINDOWS}. */
export const windows = fc.constantFrom(...WINDOWS);
/** Any of {@link CLOCKS}. */
export const clocks = fc.constantFrom(...CLOCKS);

/** One step of a history: what is asked for is taken only if it is there. */
export function apply(
  algorithm: Algorithm,
  window: Window,
  state: unknown,
  kind: string,
  now: number,
  amount: number,
): void {
  if (kind === 'charge') algorithm.consume(window, state, now, amount);
  else if (kind === 'refund') algorithm.refund(window, state, now, amount);
  else if (kind !== 'look' && algorithm.availableAt(window, state, now, amount) <= now) {
    algorithm.consume(window, state, now, amount);
  }
}

/** A state with a history, and the moment at which it ends. */
export function play(
  algorithm: Algorithm,
  window: Window,
  clock: number,
  history: readonly { kind: string; pause: number; share: number }[],
): { state: unknown; now: number } {
  const state = algorithm.initial(window, clock);
  let now = clock;
  for (const { kind, pause, share } of history) {
    now += pause * window.windowMs;
    apply(algorithm, window, state, kind, now, share * window.capacity);
  }
  return { state, now };
}
