import { AsyncLocalStorage } from 'node:async_hooks';

import type { LimitDefinition } from '../limiter/definition';
import { NestedAcquireError } from '../limiter/errors/nested-acquire-error';
import type { Request } from '../limiter/request';
import type { Acquisition } from './acquisition';
import type { Backend } from './backend';

interface Holder {
  readonly backend: Backend;
  readonly acquisition: Acquisition;
  readonly outer: Holder | undefined;
}

/**
 * What surrounds the code that runs: the acquisitions of every `use` whose body this is. Only those: a bare `acquire`
 * belongs to no scope, and the code after it may hand the acquisition to somebody who releases it at any time.
 */
const holders = new AsyncLocalStorage<Holder>();

/** Runs the body of a `use`. */
export function runHolding<T>(backend: Backend, acquisition: Acquisition, body: () => T): T {
  return holders.run({ backend, acquisition, outer: holders.getStore() }, body);
}

/**
 * Refuses a request that would wait for permits which the acquisitions around it hold until it is through.
 *
 * @throws NestedAcquireError
 */
export function refuseSelfWait(backend: Backend, definitions: readonly LimitDefinition[], request: Request): void {
  const innermost = holders.getStore();
  if (innermost === undefined) return;
  definitions.forEach(({ kind, key, capacity }, i) => {
    const amount = request.amounts[i] ?? 0;
    if (kind !== 'resource' || amount === 0) return;
    let held = 0;
    for (let holder: Holder | undefined = innermost; holder !== undefined; holder = holder.outer) {
      if (holder.backend === backend && holder.acquisition.isHeld) held += holder.acquisition.requested[key] ?? 0;
    }
    if (held + amount > capacity) throw new NestedAcquireError(key, amount, held, capacity);
  });
}
