import { isAmounts } from '../checks/numbers-check';
import type { SetDefinition } from '../definition/definition';
import { readGrant, type GrantEntry } from '../protocol/codec';
import { WIRE_VERSION, type Push, type Sync } from '../protocol/wire';
import { addTo, zeros } from '../vector/vector';

/** Who a lease belongs to. */
export type LeaseIdentity = Pick<Sync, 'client' | 'queue'> & { readonly replaces?: string | undefined };

/** What every sync begins with: who speaks, what of, and what has been heard. */
type SyncHead = Pick<
  Sync,
  'wire' | 'client' | 'seq' | 'queue' | 'fence' | 'replaces' | 'version' | 'definition' | 'seen' | 'seenGrants'
>;

/**
 * A client's half of the exchange with its limiter: numbers the syncs, and takes each push and each grant once, whatever
 * the network repeats or reorders.
 */
export class Exchange {
  readonly #fence = new Fence();
  #seq = 0;
  #seen = 0;
  #seenGrants = 0;
  /** All that was ever granted, by limit: what is reported in totals is a part of it. */
  readonly #granted: number[];
  /** With which fencing token the limiter opened the account that is heard of; 0 before the first. */
  #opened = 0;

  constructor(
    readonly definition: SetDefinition,
    readonly identity: LeaseIdentity,
  ) {
    this.#granted = zeros(definition.limits.length);
  }

  /** Whether anything has been said yet. */
  get hasBegun(): boolean {
    return this.#seq > 0;
  }

  /** Whether the limiter has answered. */
  get registered(): boolean {
    return this.#fence.token > 0;
  }

  /** Whether so much has been granted that totals may come to more than a sync can carry. */
  get isOutgrown(): boolean {
    return !isAmounts(this.#granted, this.#granted.length);
  }

  /** The fencing token of the next holder: the lease's own, and a count within it. */
  nextFencingToken(): number {
    return this.#fence.next();
  }

  /** Begins the next sync. The definition goes with it until the limiter is known to have it. */
  next(): SyncHead {
    this.#seq += 1;
    const { client, queue, replaces } = this.identity;
    return {
      wire: WIRE_VERSION,
      client,
      seq: this.#seq,
      queue,
      fence: this.#fence.token,
      ...(replaces === undefined ? {} : { replaces }),
      version: this.definition.version,
      ...(this.registered ? {} : { definition: this.definition }),
      seen: this.#seen,
      seenGrants: this.#seenGrants,
    };
  }

  /** Whether the limiter had forgotten this client, and begun anew with it: what was granted before is no longer in its books. */
  isReopened({ opened = 0 }: Push): boolean {
    return this.registered && opened > this.#opened;
  }

  /** The grants of a push that were not heard before; undefined if the push is repeated or older than what was heard. */
  hear({ seq, fence, opened = 0, firstGrant, grants }: Push): GrantEntry[] | undefined {
    // fences only grow: a lower one is of a time when the limiter knew this client before, and numbered its pushes from 1, too
    if (seq <= this.#seen || fence < this.#fence.token) return undefined;
    this.#seen = seq;
    this.#opened = Math.max(opened, this.#opened);
    this.#fence.move(fence);
    const heard = Math.max(0, this.#seenGrants + 1 - firstGrant);
    this.#seenGrants = Math.max(this.#seenGrants, firstGrant + grants.length - 1);
    const unheard = grants.slice(heard).map(readGrant);
    for (const { amounts } of unheard) addTo(this.#granted, amounts);
    return unheard;
  }
}

/** Holders told apart under one fencing token of the limiter; exact as a number until the year 2100. */
const HOLDERS_PER_FENCE = 2048;

/** The fencing tokens of one lease: the limiter's, which grows with each change of hands, and a count of holders within it. */
class Fence {
  /** The limiter's token; 0 before the first. */
  token = 0;
  #holders = 0;

  /** The limiter has sent its token. */
  move(token: number): void {
    if (token > this.token) this.#holders = 0;
    this.token = token;
  }

  /** The token of the next holder. */
  next(): number {
    this.#holders = Math.min(this.#holders + 1, HOLDERS_PER_FENCE - 1);
    return this.token * HOLDERS_PER_FENCE + this.#holders;
  }
}
