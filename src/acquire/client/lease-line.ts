import { reorder, type SetDefinition } from '../../limiter/definition/definition';
import type { Push, Sync } from '../../limiter/protocol/wire';
import type { ClientLease, LeaseClientOptions } from './client-lease';

/** The leases of one client, one after the other, some of which take over what the one before held. */
export class LeaseLine {
  readonly #successors = new WeakMap<ClientLease, ClientLease>();

  constructor(
    readonly options: Pick<LeaseClientOptions, 'link' | 'newId' | 'newLease' | 'onLease'>,
    readonly hear: (push: Push) => Sync | undefined,
  ) {}

  /** The next one. With `before`, it takes over what that one holds. */
  next(definition: SetDefinition, before?: ClientLease): ClientLease {
    const { link, newId, newLease, onLease } = this.options;
    const identity = {
      client: newId(),
      replaces: before?.identity.client,
      get queue(): string {
        return link.queue;
      },
    };
    const inUse = before === undefined ? [] : reorder(before.inUse, before.definition.limits, definition.limits);
    const lease = newLease(definition, identity, inUse);
    if (before !== undefined) this.#successors.set(before, lease);
    onLease?.(identity.client, this.hear);
    return lease;
  }

  /** Has a lease tell what was used above requests under an earlier one, which says nothing any more. */
  passOn(before: ClientLease, present: ClientLease): void {
    const excess = reorder(before.takeUntold(), before.definition.limits, present.definition.limits);
    excess.forEach((amount, i) => {
      if (amount > 0) present.settle(i, 0, amount, undefined);
    });
  }

  /** Gives permits back that were taken under one of the leases, if they have come down to the present one. */
  release(lease: ClientLease, amounts: readonly number[], present: ClientLease, now: number): void {
    let [holder, permits] = [lease, amounts];
    while (holder !== present) {
      const next = this.#successors.get(holder);
      if (next === undefined) return;
      // one by one: what one of them did not limit, those after it did not take over
      permits = reorder(permits, holder.definition.limits, next.definition.limits);
      holder = next;
    }
    holder.release(permits, now);
  }
}
