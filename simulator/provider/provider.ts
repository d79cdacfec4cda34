import type { LimitDefinition, WindowDefinition } from '../../src/limiter/definition/definition';
import { strictMeter, type StrictMeter } from './strict-meter';

/** What sums of fractions may be off by, relative to the capacity. */
const EPSILON = 1e-9;

/** How long after a change of its limit grants of before may still arrive, besides a window. Unit: milliseconds. */
const AFTERMATH_MS = 10_000;

/** Usage above a request that is being charged. */
interface Charge {
  readonly amount: number;
  /** Units that were promised before: no limiter could do anything about them. */
  promised: number;
}

/**
 * What counts strictly what arrives under one limit, at the moment at which it arrives. When the limit changes, what was
 * granted before is on its way: for a while the larger capacity of the two is what may not be exceeded.
 *
 * Usage above a request counts from when the limiter is told. What had been promised by then still arrives; of what comes
 * after that, nothing may exceed the capacity.
 */
export class Provider {
  #definition: LimitDefinition;
  #meter: StrictMeter | undefined;
  #strictAt = 0;
  /** Counts the account's use together with that of others, from the first use by others on. */
  #shared: StrictMeter | undefined;
  /** What others have used in all. */
  others = 0;
  #charges: Charge[] = [];
  /** Units in all. */
  total = 0;
  /** By how much the capacity was exceeded at worst; 0 or less if never. */
  worst: number;

  constructor(definition: LimitDefinition) {
    this.#definition = definition;
    this.worst = -definition.capacity;
    if (definition.kind !== 'resource') this.#meter = strictMeter(definition);
  }

  get capacity(): number {
    return this.#definition.capacity;
  }

  /** The limit has changed. */
  redefine(definition: LimitDefinition, now: number): void {
    const before = this.#definition;
    this.#definition = definition;
    if (definition.kind !== 'resource' && this.#shared !== undefined) this.#shared = strictMeter(definition);
    if (definition.kind === 'resource' || this.#meter === undefined) return;
    const most = Math.max(this.#meter.capacity, definition.capacity);
    if (!countsAlike(before, definition)) this.#meter = strictMeter(definition);
    this.#meter.capacity = most;
    const windowMs = Math.max(definition.windowMs, before.kind === 'resource' ? 0 : before.windowMs);
    this.#strictAt = now + windowMs * Math.max(1, most / definition.capacity) + AFTERMATH_MS;
  }

  /** Units arrive. Says by how much the capacity is exceeded now. */
  arrive(at: number, amount: number): number {
    if (this.#meter === undefined) return 0;
    if (at >= this.#strictAt) this.#meter.capacity = this.#definition.capacity;
    this.total += amount;
    this.#shared?.arrive(at, amount);
    for (const charge of this.#charges) charge.promised -= amount;
    this.#charges = this.#charges.filter(({ promised }) => promised >= -EPSILON * this.#definition.capacity);
    const unforeseen = this.#charges.reduce((sum, charge) => sum + charge.amount, 0);
    const excess = this.#meter.arrive(at, amount) - unforeseen;
    this.worst = Math.max(this.worst, excess);
    return excess;
  }

  /** Others use so many units of the account. From now on, their use and the fleet's are counted together. */
  useByOthers(at: number, amount: number): void {
    if (this.#definition.kind === 'resource') return;
    this.#shared ??= strictMeter(this.#definition);
    this.#shared.arrive(at, amount);
    this.others += amount;
  }

  /** What is left for everybody; negative if too much was used. Nothing of a limit without a window. */
  remaining(at: number): { readonly limit: number; readonly remaining: number } | undefined {
    const meter = this.#shared;
    return meter && { limit: this.#definition.capacity, remaining: -meter.arrive(at, 0) };
  }

  /** Units were used above a request, of which the limiter hears now. */
  charge(at: number, amount: number, promised: number): void {
    this.#meter?.charge(at, amount);
    this.#shared?.charge(at, amount);
    this.#charges.push({ amount, promised });
  }

  /** Units that arrived at a moment were not needed. Says by how much the capacity is exceeded now. */
  giveBack(at: number, amount: number, arrivedAt: number): number {
    this.#meter?.giveBack(at, amount, arrivedAt);
    this.#shared?.giveBack(at, amount, arrivedAt);
    this.total -= amount;
    return this.#meter === undefined ? 0 : this.arrive(at, 0);
  }
}

function countsAlike(before: LimitDefinition, after: WindowDefinition): boolean {
  return before.kind !== 'resource' && before.algorithm === after.algorithm && before.windowMs === after.windowMs;
}
