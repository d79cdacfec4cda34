import type { LimitDefinition, WindowDefinition } from '../../src/limiter/definition';

/** Units that a provider saw, or (negative) took back. */
interface Arrival {
  readonly at: number;
  readonly amount: number;
}

/** What a provider counts of one limit: everything that arrived, judged afterwards exactly as its algorithm says. */
export class StrictCount {
  readonly #arrivals: Arrival[] = [];
  /** Units in all. */
  total = 0;

  constructor(readonly definition: LimitDefinition) {}

  arrive(at: number, amount: number): void {
    this.#arrivals.push({ at, amount });
    this.total += amount;
  }

  /** By how much the capacity was exceeded at worst; 0 or less if never. Only for rate and call limits. */
  worstExcess(): number {
    const { definition } = this;
    if (definition.kind === 'resource') return 0;
    const arrivals = [...this.#arrivals].sort((a, b) => a.at - b.at);
    switch (definition.algorithm) {
      case 'SlidingWindow':
        return slidingExcess(definition, arrivals);
      case 'FixedWindow':
        return fixedExcess(definition, arrivals);
      case 'TokenBucket':
      case 'LeakyBucket':
      case 'GCRA':
        return meterExcess(definition, arrivals);
    }
  }

  /** Units that arrived from one moment to another. */
  between(from: number, to: number): number {
    return this.#arrivals.reduce((sum, { at, amount }) => (at >= from && at < to ? sum + amount : sum), 0);
  }
}

function slidingExcess({ windowMs, capacity }: WindowDefinition, arrivals: readonly Arrival[]): number {
  let worst = -capacity;
  let sum = 0;
  let oldest = 0;
  for (const { at, amount } of arrivals) {
    sum += amount;
    while ((arrivals[oldest]?.at ?? Infinity) <= at - windowMs) {
      sum -= arrivals[oldest]?.amount ?? 0;
      oldest += 1;
    }
    worst = Math.max(worst, sum - capacity);
  }
  return worst;
}

function fixedExcess({ windowMs, capacity }: WindowDefinition, arrivals: readonly Arrival[]): number {
  const sums = new Map<number, number>();
  for (const { at, amount } of arrivals) {
    const window = Math.floor(at / windowMs);
    sums.set(window, (sums.get(window) ?? 0) + amount);
  }
  return Math.max(0, ...sums.values()) - capacity;
}

function meterExcess({ windowMs, capacity }: WindowDefinition, arrivals: readonly Arrival[]): number {
  let level = 0;
  let last = -Infinity;
  let worst = -capacity;
  for (const { at, amount } of arrivals) {
    level = Math.max(0, level - ((at - last) / windowMs) * capacity);
    last = at;
    level = Math.max(0, level + amount);
    worst = Math.max(worst, level - capacity);
  }
  return worst;
}
