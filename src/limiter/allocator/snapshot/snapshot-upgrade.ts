import { algorithms, revisable } from '../../algorithms/algorithms';
import type { Algorithm, AlgorithmName } from '../../algorithms/algorithm';
import { SNAPSHOT_VERSION, type AllocatorSnapshot } from './snapshot';
import { cloneJSON } from '../../checks/clone-json';

/** How a snapshot of this version counts: before the second, what was given back late was taken for what it was not. */
export function countingIn(version: number): (name: AlgorithmName) => Algorithm {
  return version >= 2 ? revisable : (name) => algorithms[name];
}

/** What a limiter of an earlier release has left, as one of this release would have: what is owed is owed since then. */
export function upgraded(snapshot: AllocatorSnapshot): AllocatorSnapshot {
  if (snapshot.snapshot === SNAPSHOT_VERSION) return snapshot;
  const ledger = snapshot.ledger.map((account, i) => {
    const limit = snapshot.definition.limits[i];
    if (limit === undefined || limit.kind === 'resource' || account.at === undefined) return account;
    const [before, counting] = [countingIn(snapshot.snapshot)(limit.algorithm), revisable(limit.algorithm)];
    if (before === counting) return account;
    const state = counting.initial(limit, account.at);
    const available = before.available(limit, cloneJSON(account.state), account.at);
    counting.consume(limit, state, account.at, limit.capacity - available);
    return { ...account, state };
  });
  return { ...snapshot, snapshot: SNAPSHOT_VERSION, ledger };
}
