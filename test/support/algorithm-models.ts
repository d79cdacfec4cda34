import type { AlgorithmName, Window } from '../../src/limiter/algorithms/algorithm';

/** Units that reached the provider. */
export interface Start {
  readonly at: number;
  readonly amount: number;
}

/** A provider's own account of one limit: keeps everything, knows nothing of the code under test. */
export interface Model {
  available(now: number): number;
  /** Takes units, whether they are there or not. */
  take(now: number, amount: number): void;
  /** Units of a start at `at` were not used. */
  refund(now: number, amount: number, at: number): void;
}

/** Exact log: counts every start of the last window. */
function slidingModel(window: Window): Model {
  const log: Start[] = [];
  return {
    available: (now) => window.capacity - sum(log.filter(({ at }) => at > now - window.windowMs)),
    take: (at, amount) => void log.push({ at, amount }),
    refund: (_now, amount, at) => void log.push({ at, amount: -amount }),
  };
}

/** Aligned counter; what a window was overcharged by burdens the next. */
function fixedModel(window: Window): Model {
  const perWindow = new Map<number, number>();
  const take = (at: number, amount: number): void => {
    const index = Math.floor(at / window.windowMs);
    perWindow.set(index, (perWindow.get(index) ?? 0) + amount);
  };
  return {
    available(now) {
      let carried = 0;
      const last = Math.floor(now / window.windowMs);
      for (let index = Math.min(last, ...perWindow.keys()); index <= last; index += 1) {
        carried = Math.max(0, carried - window.capacity) + (perWindow.get(index) ?? 0);
      }
      return window.capacity - carried;
    },
    take,
    refund(_now, amount, at) {
      take(at, -amount);
    },
  };
}

/** A meter in units × milliseconds: whole numbers as long as capacities, amounts and times are. */
function meterModel(window: Window, start: number): Model {
  let level = 0;
  let last = start;
  const leak = (now: number): void => {
    level = Math.max(0, level - Math.max(0, now - last) * window.capacity);
    last = Math.max(last, now);
  };
  return {
    available(now) {
      leak(now);
      return window.capacity - level / window.windowMs;
    },
    take(now, amount) {
      leak(now);
      level += amount * window.windowMs;
    },
    refund(now, amount) {
      leak(now);
      level = Math.max(0, level - amount * window.windowMs);
    },
  };
}

/** The strict provider of an algorithm. */
export function modelOf(name: AlgorithmName): (window: Window, start: number) => Model {
  switch (name) {
    case 'SlidingWindow':
      return slidingModel;
    case 'FixedWindow':
      return fixedModel;
    case 'TokenBucket':
    case 'LeakyBucket':
    case 'GCRA':
      return meterModel;
  }
}

/** Units of which it is only known between which moments they start. */
export interface Promised {
  readonly from: number;
  readonly to: number;
  readonly amount: number;
}

/**
 * By how much the capacity is exceeded in the worst window, if each promise is started at whichever moment is worst.
 * Exact: windows that begin or end anywhere else hold no more than one of those looked at.
 */
export function worstCase(name: AlgorithmName, window: Window, promises: readonly Promised[]): number {
  const { windowMs, capacity } = window;
  let worst = -Infinity;
  const look = (from: number, isBefore: (promise: Promised) => boolean, allowed: number): void => {
    const most = sum(promises.filter((promise) => promise.to >= from && isBefore(promise)));
    worst = Math.max(worst, most - allowed);
  };
  switch (name) {
    case 'SlidingWindow':
      for (const { to } of promises) look(to, ({ from }) => from < to + windowMs, capacity);
      break;
    case 'FixedWindow':
      for (const moment of promises.flatMap(({ from, to }) => [from, to])) {
        const index = Math.floor(moment / windowMs);
        look(index * windowMs, ({ from }) => from < (index + 1) * windowMs, capacity);
      }
      break;
    case 'TokenBucket':
    case 'LeakyBucket':
    case 'GCRA': {
      const moments = promises.flatMap(({ from, to }) => [from, to]);
      for (const begin of moments) {
        for (const end of moments) {
          if (end < begin) continue;
          look(begin, ({ from }) => from <= end, capacity + ((end - begin) / windowMs) * capacity);
        }
      }
    }
  }
  return worst;
}

/** {@link worstCase} of what started at known moments. */
export function worstExcess(name: AlgorithmName, window: Window, starts: readonly Start[]): number {
  return worstCase(
    name,
    window,
    starts.map(({ at, amount }) => ({ from: at, to: at, amount })),
  );
}

function sum(entries: readonly { readonly amount: number }[]): number {
  return entries.reduce((total, { amount }) => total + amount, 0);
}
