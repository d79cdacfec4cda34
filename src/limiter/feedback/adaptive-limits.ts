import type { LimitDefinition } from '../definition/definition';
import {
  adaptiveWindow,
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
 * D2. Nothing is raised unless the provider has served something since: whoever observes nothing keeps what is defined.
 */
export class AdaptiveLimits {
  readonly #known: Map<string, AdaptiveCapacity>;
  #answeredAt = -Infinity;

  constructor(known: Readonly<Record<string, AdaptiveCapacity>> = {}) {
    this.#known = new Map(Object.entries(known));
  }

  /** What is known, by the keys of the limits; nothing if no adaptive limit was observed. */
  get known(): Readonly<Record<string, AdaptiveCapacity>> | undefined {
    return this.#known.size === 0 ? undefined : Object.fromEntries(this.#known);
  }

  /** The limits with the capacities that are in force; themselves where nothing differs. */
  inForce(limits: readonly LimitDefinition[]): readonly LimitDefinition[] {
    if (this.#known.size === 0) return limits;
    return limits.map((limit) => {
      const state = this.#known.get(limit.key);
      return state === undefined ? limit : { ...limit, capacity: within(limit, state.capacity) };
    });
  }

  /** The provider has served something. */
  answered(limits: readonly LimitDefinition[], now: number): void {
    for (const limit of limits) {
      if (limit.adaptive !== undefined && !this.#known.has(limit.key))
        this.#known.set(limit.key, firstCapacity(limit, now));
    }
    this.#answeredAt = now;
  }

  /** The provider has throttled something. Says whether an adaptive limit answers for that. */
  throttled(limits: readonly LimitDefinition[], now: number): boolean {
    let isAnswered = false;
    for (const limit of limits) {
      if (limit.adaptive === undefined) continue;
      const windowMs = adaptiveWindow(limit, limits);
      const state = lowered(this.#known.get(limit.key) ?? firstCapacity(limit, now), limit, windowMs, now);
      this.#known.set(limit.key, state);
      isAnswered ||= now - state.loweredAt < windowMs;
    }
    return isAnswered;
  }

  /** To be called after something was taken: `taken` says how much of a limit is. */
  note(limits: readonly LimitDefinition[], taken: (limit: LimitDefinition, index: number) => number): void {
    if (this.#known.size === 0) return;
    for (const [i, limit] of limits.entries()) {
      const state = this.#known.get(limit.key);
      if (state !== undefined) this.#known.set(limit.key, noted(state, taken(limit, i)));
    }
  }

  /** Raises what is due. Says whether a capacity is another one now. */
  raise(limits: readonly LimitDefinition[], now: number): boolean {
    let isRaised = false;
    if (this.#known.size === 0) return isRaised;
    for (const limit of limits) {
      const state = this.#known.get(limit.key);
      if (limit.adaptive === undefined || state === undefined || this.#answeredAt < state.since) continue;
      const next = raised(state, limit, adaptiveWindow(limit, limits), now);
      if (next !== state) this.#known.set(limit.key, next);
      isRaised ||= next.capacity !== state.capacity;
    }
    return isRaised;
  }
}
