import type { LimitDefinition } from '../../src/limiter/definition/definition';
import { strictMeter } from './strict-meter';

/** Everything that arrived at a provider under one limit, in whatever order it was noted, judged afterwards. */
export class StrictCount {
  readonly #arrivals: { readonly at: number; readonly amount: number }[] = [];
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
    const meter = strictMeter(definition);
    return [...this.#arrivals]
      .sort((a, b) => a.at - b.at)
      .reduce((worst, { at, amount }) => Math.max(worst, meter.arrive(at, amount)), -definition.capacity);
  }
}
