import type { LimitDefinition } from '../../limiter/definition/definition';
import { NestedAcquireError } from '../../limiter/errors/waiting-errors';
import type { Request } from '../../limiter/request/request';
import type { Acquisition } from './acquisition';
import type { CapacitySource, WaitOptions } from '../ports';

interface Holder {
  readonly supply: CapacitySource;
  readonly acquisition: Acquisition<object>;
  readonly outer: Holder | undefined;
}

/** What carries a value along a chain of calls, as Node's `AsyncLocalStorage` does. */
interface Storage {
  run<T>(holder: Holder, body: () => T): T;
  getStore(): Holder | undefined;
}

/**
 * What surrounds the code that runs: the acquisitions of every `use` whose body this is. Only those: a bare `acquire`
 * belongs to no scope, and the code after it may hand the acquisition to somebody who releases it at any time.
 */
export class Nesting {
  #storage: Storage | undefined;

  /** @param newStorage Called once, at the first use. */
  constructor(readonly newStorage: () => Storage) {}

  /** Runs the body of a `use`. */
  run<T>(supply: CapacitySource, acquisition: Acquisition<object>, body: () => T): T {
    this.#storage ??= this.newStorage();
    return this.#storage.run({ supply, acquisition, outer: this.#storage.getStore() }, body);
  }

  /**
   * How a request has to wait where it is made. Where the acquisitions around it hold permits it goes first: who is ahead
   * of it may need those, which only come back when it is through.
   *
   * @throws NestedAcquireError if it needs what they hold itself
   */
  inTurn(
    supply: CapacitySource,
    definitions: readonly LimitDefinition[],
    { amounts }: Request,
    options: WaitOptions,
  ): WaitOptions {
    const innermost = this.#storage?.getStore();
    if (innermost === undefined) return options;
    let isHolding = false;
    for (const [i, { kind, key, capacity }] of definitions.entries()) {
      if (kind !== 'resource') continue;
      let held = 0;
      for (let holder: Holder | undefined = innermost; holder !== undefined; holder = holder.outer) {
        if (holder.supply === supply && holder.acquisition.isHeld) held += amountOf(holder.acquisition, key);
      }
      const amount = amounts[i] ?? 0;
      if (amount > 0 && held + amount > capacity) throw new NestedAcquireError(key, amount, held, capacity);
      if (held > 0) isHolding = true;
    }
    return isHolding ? { ...options, priority: Number.MAX_VALUE } : options;
  }
}

/** A limit may be called `constructor`, which every object has. */
function amountOf({ requested }: Acquisition<object>, key: string): number {
  return Object.hasOwn(requested, key) ? (requested[key] ?? 0) : 0;
}
