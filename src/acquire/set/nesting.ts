import type { LimitDefinition } from '../../limiter/definition/definition';
import { NestedAcquireError } from '../../limiter/errors/waiting-errors';
import { without, type Amounts, type Request } from '../../limiter/request/request';
import type { Acquisition } from './acquisition';
import type { CapacitySource } from '../ports';

interface Holder {
  readonly supply: CapacitySource;
  readonly acquisition: Acquisition<object>;
  outer: Holder | undefined;
}

/** What carries a value along a chain of calls, as Node's `AsyncLocalStorage` does. */
interface Storage {
  run<T>(holder: Holder, body: () => T): T;
  getStore(): Holder | undefined;
}

/**
 * What surrounds the code that runs: the acquisitions of every `use` whose body this is. Only those: a bare `acquire`
 * belongs to no scope, and the code after it may hand the acquisition to other code, which may release it at any time.
 */
export class Nesting {
  #storage: Storage | undefined;

  /** @param newStorage Called once, at the first use. */
  constructor(readonly newStorage: () => Storage) {}

  /** Runs the body of a `use`. */
  run<T>(supply: CapacitySource, acquisition: Acquisition<object>, body: () => T): T {
    this.#storage ??= this.newStorage();
    return this.#storage.run({ supply, acquisition, outer: innermostHeld(this.#storage.getStore()) }, body);
  }

  /**
   * A request as it has to be made within acquisitions of the same set that hold permits; undefined outside of such. It
   * takes no permits of a resource limit that they hold, unless it names that limit: a call inside uses the connection that is held.
   *
   * @param checked Whether a request that needs what they hold is an error. It would wait for itself.
   * @throws NestedAcquireError
   */
  nested(
    supply: CapacitySource,
    definitions: readonly LimitDefinition[],
    request: Request,
    requested: Amounts | undefined,
    checked: boolean,
  ): Request | undefined {
    const innermost = this.#storage?.getStore();
    if (innermost === undefined) return undefined;
    let nested: Request | undefined;
    for (const [i, { kind, key, capacity }] of definitions.entries()) {
      const held = kind === 'resource' ? heldOf(innermost, supply, key) : 0;
      if (held === 0) continue;
      nested ??= request;
      const isNamed = requested !== undefined && Object.hasOwn(requested, key) && requested[key] !== undefined;
      const amount = request.amounts[i] ?? 0;
      if (!isNamed) nested = without(definitions, nested, i);
      else if (checked && amount > 0 && held + amount > capacity) {
        throw new NestedAcquireError(key, amount, held, capacity);
      }
    }
    return nested;
  }
}

/** Drops from a chain what is held no longer: a body that sets its successor going would make it ever longer. */
function innermostHeld(innermost: Holder | undefined): Holder | undefined {
  let held = innermost;
  while (held?.acquisition.isHeld === false) held = held.outer;
  for (let holder = held; holder !== undefined; holder = holder.outer)
    while (holder.outer?.acquisition.isHeld === false) holder.outer = holder.outer.outer;
  return held;
}

/** The permits of one limit that the acquisitions around hold. */
function heldOf(innermost: Holder, supply: CapacitySource, key: string): number {
  let held = 0;
  for (let holder: Holder | undefined = innermost; holder !== undefined; holder = holder.outer) {
    if (holder.supply === supply && holder.acquisition.isHeld) held += amountOf(holder.acquisition, key);
  }
  return held;
}

/** A limit may be called `constructor`, which every object has. */
function amountOf({ requested }: Acquisition<object>, key: string): number {
  return Object.hasOwn(requested, key) ? (requested[key] ?? 0) : 0;
}
