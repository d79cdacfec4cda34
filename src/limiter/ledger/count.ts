import type { Algorithm, AlgorithmName, StartedWithin, Window } from '../algorithms/algorithm';
import { cloneJSON } from '../checks/clone-json';
import type { WindowDefinition } from '../definition/definition';
import { at } from '../vector/vector';

/** A count as a snapshot keeps it; plain JSON. */
export interface CountSnapshot {
  readonly state: unknown;
  /** The capacity by which `state` counts. @default that of the definition */
  readonly capacity?: number;
  /** The state by a higher capacity, by which what counted before goes on recovering. */
  readonly before?: { readonly capacity: number; readonly state: unknown };
}

/** An algorithm's state, and the capacity by which it counts. */
interface Law {
  readonly window: Window;
  readonly state: unknown;
}

/**
 * The units of one rate or call limit that count as started, while its capacity may change.
 *
 * Where units recover at the rate of the capacity, those that were taken under a higher one go on recovering at that rate.
 * By the lower one, a used window would be a debt of many windows; forgotten, it could be used again as soon as
 * the capacity is raised. So both count, and what is available is the least of both. Only what exceeded the capacity
 * when it was taken is a debt of the lower one, too.
 */
export class Count {
  readonly #algorithm: Algorithm;
  /** By the capacity of the definition. */
  #state: unknown;
  /** By the highest capacity since, while that is not the present one. */
  #highest: Law | undefined;

  constructor(
    public definition: WindowDefinition,
    now: number,
    readonly counting: (name: AlgorithmName) => Algorithm,
    saved: Partial<CountSnapshot> = {},
  ) {
    this.#algorithm = counting(definition.algorithm);
    // a copy, or two counts restored from one snapshot would take from each other
    const { state, capacity = definition.capacity, before } = saved;
    if (capacity !== definition.capacity) this.definition = { ...definition, capacity };
    this.#state = state === undefined ? this.#algorithm.initial(definition, now) : cloneJSON(state);
    const { windowMs } = definition;
    if (before !== undefined)
      this.#highest = { window: { windowMs, capacity: before.capacity }, state: cloneJSON(before.state) };
  }

  /** @param defined The capacity of the definition with which it will be restored. */
  snapshot(defined: number): CountSnapshot {
    const { capacity } = this.definition;
    const highest = this.#highest;
    return cloneJSON({
      state: this.#state,
      ...(capacity !== defined && { capacity }),
      ...(highest !== undefined && { before: { capacity: highest.window.capacity, state: highest.state } }),
    });
  }

  /** Units that may start. Negative while in debt. */
  available(now: number): number {
    const available = this.#algorithm.available(this.definition, this.#state, now);
    if (this.#highest === undefined) return available;
    return Math.min(available, this.definition.capacity - this.#counted(this.#highest, now));
  }

  /** The earliest moment from `now` on at which `amount` units may start; `Infinity` if never. */
  availableAt(now: number, amount: number): number {
    const moment = this.#algorithm.availableAt(this.definition, this.#state, now, amount);
    if (this.#highest === undefined) return moment;
    const beside = this.#highest.window.capacity - this.definition.capacity;
    return Math.max(
      moment,
      this.#algorithm.availableAt(this.#highest.window, this.#highest.state, now, amount + beside),
    );
  }

  consume(at: number, amount: number): void {
    this.#algorithm.consume(this.definition, this.#state, at, amount);
    if (this.#highest !== undefined) this.#algorithm.consume(this.#highest.window, this.#highest.state, at, amount);
  }

  refund(now: number, amount: number, started?: StartedWithin): void {
    this.#algorithm.refund(this.definition, this.#state, now, amount, started);
    if (this.#highest !== undefined)
      this.#algorithm.refund(this.#highest.window, this.#highest.state, now, amount, started);
  }

  /** Counts by another capacity from now on. */
  resize(capacity: number, now: number): void {
    if (capacity === this.definition.capacity) return;
    const present = { window: this.definition, state: this.#state };
    const highest = this.#highest ?? present;
    const window = { ...this.definition, capacity };
    this.definition = window;
    if (this.#algorithm.keepsStarts === true) return;
    this.#highest = undefined;
    if (capacity === highest.window.capacity) this.#state = highest.state;
    else if (capacity > highest.window.capacity)
      this.#state = this.#restated(highest, window, now, this.#counted(highest, now));
    else {
      const counted = [present, highest].map((law) => Math.max(0, this.#counted(law, now)));
      const debts = [present, highest].map((law, i) => Math.max(0, at(counted, i) - law.window.capacity));
      const [most, debt] = [Math.max(...counted), Math.max(...debts)];
      this.#state = this.#restated(present, window, now, Math.min(most - debt, capacity) + debt);
      this.#highest = highest;
    }
  }

  /** The same under another definition: what counts goes on counting. */
  redefined(definition: WindowDefinition, now: number): Count {
    if (isAlike(this.definition, definition)) {
      const next = new Count(definition, now, this.counting, this.snapshot(definition.capacity));
      next.resize(definition.capacity, now);
      return next;
    }
    const next = new Count(definition, now, this.counting);
    // when each unit was taken means nothing to another algorithm or window: it counts as taken now, so never too little
    next.consume(now, Math.max(0, this.definition.capacity - this.available(now)));
    return next;
  }

  copy(now: number): Count {
    return new Count(this.definition, now, this.counting, this.snapshot(this.definition.capacity));
  }

  /** Whether what was taken here counts in the same way in the one that has taken its place. */
  meansAlike({ definition }: Count): boolean {
    if (!isAlike(this.definition, definition)) return false;
    return this.#isInUnits || this.definition.capacity === definition.capacity;
  }

  /** Whether a state means the same under another capacity. */
  get #isInUnits(): boolean {
    return this.#algorithm.limit !== undefined || this.#algorithm.keepsStarts === true;
  }

  #counted({ window, state }: Law, now: number): number {
    return window.capacity - this.#algorithm.available(window, state, now);
  }

  /** So many units count by another window; of those that counted before, where a state can tell. */
  #restated(law: Law, window: Window, now: number, units: number): unknown {
    const algorithm = this.#algorithm;
    if (algorithm.limit !== undefined) {
      const state = cloneJSON(law.state);
      algorithm.limit(state, units);
      return state;
    }
    const state = algorithm.initial(window, now);
    algorithm.consume(window, state, now, units);
    return state;
  }
}

/** Whether a state means the same under both, but for the capacity. */
function isAlike(a: WindowDefinition, b: WindowDefinition): boolean {
  return a.algorithm === b.algorithm && a.windowMs === b.windowMs;
}
