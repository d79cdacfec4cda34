import type { LimitDefinition } from '../definition/definition';
import {
  adaptiveWindow,
  begunWith,
  firstCapacity,
  lowered,
  noted,
  raised,
  within,
  type AdaptiveCapacity,
} from './adaptive-capacity';

/**
 * The controller of one set: finds out the capacities of its adaptive limits.
 *
 * D1. No capacity leaves the range of its definition.
 * D2. Nothing is raised unless the provider has served something since: without observations, the definition stays.
 * D3. It begins with the capacity that is defined, or that an operator has set, and anew when that changes.
 */
export class AdaptiveLimits {
  readonly #known: Map<string, AdaptiveCapacity>;
  #answeredAt = -Infinity;
  /** Nothing is due before, as far as these limits go. */
  #dueAt = -Infinity;
  #limits: readonly LimitDefinition[] | undefined;

  constructor(known: Readonly<Record<string, AdaptiveCapacity>> = {}) {
    this.#known = new Map(Object.entries(known));
  }

  /** Whether no adaptive limit was observed. */
  get isEmpty(): boolean {
    return this.#known.size === 0;
  }

  /** What is known, by the keys of the limits; nothing if no adaptive limit was observed. */
  get known(): Readonly<Record<string, AdaptiveCapacity>> | undefined {
    return this.#known.size === 0 ? undefined : Object.fromEntries(this.#known);
  }

  /** The limits with the capacities that are in force; themselves where nothing differs. */
  inForce(limits: readonly LimitDefinition[]): readonly LimitDefinition[] {
    if (this.#known.size === 0) return limits;
    return limits.map((limit) => {
      const state = this.#of(limit);
      return state === undefined ? limit : { ...limit, capacity: within(limit, state.capacity) };
    });
  }

  /** The provider has served something. */
  answered(limits: readonly LimitDefinition[], now: number): void {
    for (const limit of limits) {
      if (limit.adaptive !== undefined && this.#of(limit) === undefined)
        this.#known.set(limit.key, firstCapacity(limit, now));
    }
    this.#answeredAt = now;
    this.#dueAt = -Infinity;
  }

  /** The provider has throttled something. Says whether an adaptive limit answers for that. */
  throttled(limits: readonly LimitDefinition[], now: number): boolean {
    let isAnswered = false;
    this.#dueAt = -Infinity;
    for (const limit of limits) {
      if (limit.adaptive === undefined) continue;
      const windowMs = adaptiveWindow(limit, limits);
      const state = lowered(this.#of(limit) ?? firstCapacity(limit, now), limit, windowMs, now);
      this.#known.set(limit.key, state);
      isAnswered ||= now - state.loweredAt < windowMs;
    }
    return isAnswered;
  }

  /** To be called after something was taken: `taken` says how much of a limit is. */
  note(limits: readonly LimitDefinition[], taken: (limit: LimitDefinition, index: number) => number): void {
    if (this.#known.size === 0) return;
    for (let i = 0; i < limits.length; i += 1) {
      const limit = limits[i];
      const state = limit && this.#known.get(limit.key);
      if (limit === undefined || state === undefined) continue;
      const next = noted(state, taken(limit, i));
      if (next !== state) this.#known.set(limit.key, next);
    }
  }

  /** Raises what is due. Says whether a capacity is another one now. */
  raise(limits: readonly LimitDefinition[], now: number): boolean {
    if (this.isEmpty || (now < this.#dueAt && limits === this.#limits)) return false;
    let isRaised = false;
    this.#limits = limits;
    this.#dueAt = Infinity;
    for (const limit of limits) {
      const state = this.#of(limit);
      if (limit.adaptive === undefined || state === undefined || this.#answeredAt < state.since) continue;
      const windowMs = adaptiveWindow(limit, limits);
      const next = raised(state, limit, windowMs, now);
      if (next !== state) this.#known.set(limit.key, next);
      isRaised ||= next.capacity !== state.capacity;
      this.#dueAt = Math.min(this.#dueAt, next.since + windowMs);
    }
    return isRaised;
  }

  #of(limit: LimitDefinition): AdaptiveCapacity | undefined {
    const state = this.#known.get(limit.key);
    return state && begunWith(state, limit) ? state : undefined;
  }
}
