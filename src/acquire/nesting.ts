import type { LimitDefinition } from '../limiter/definition';
import { NestedAcquireError } from '../limiter/errors/nested-acquire-error';
import type { Request } from '../limiter/request';
import type { Acquisition } from './acquisition';
import type { Supply } from './supply';

interface Holder {
  readonly supply: Supply;
  readonly acquisition: Acquisition;
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
  run<T>(supply: Supply, acquisition: Acquisition, body: () => T): T {
    this.#storage ??= this.newStorage();
    return this.#storage.run({ supply, acquisition, outer: this.#storage.getStore() }, body);
  }

  /**
   * Refuses a request that would wait for permits which the acquisitions around it hold until it is through.
   *
   * @throws NestedAcquireError
   */
  refuseSelfWait(supply: Supply, definitions: readonly LimitDefinition[], request: Request): void {
    const innermost = this.#storage?.getStore();
    if (innermost === undefined) return;
    definitions.forEach(({ kind, key, capacity }, i) => {
      const amount = request.amounts[i] ?? 0;
      if (kind !== 'resource' || amount === 0) return;
      let held = 0;
      for (let holder: Holder | undefined = innermost; holder !== undefined; holder = holder.outer) {
        if (holder.supply === supply && holder.acquisition.isHeld) held += amountOf(holder.acquisition, key);
      }
      if (held + amount > capacity) throw new NestedAcquireError(key, amount, held, capacity);
    });
  }
}

/** A limit may be called `constructor`, which every object has. */
function amountOf({ requested }: Acquisition, key: string): number {
  return Object.hasOwn(requested, key) ? (requested[key] ?? 0) : 0;
}
