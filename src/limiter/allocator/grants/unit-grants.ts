import type { SetDefinition } from '../../definition/definition';
import type { Ledger } from '../../ledger/ledger';
import type { Pacing } from '../../protocol/pacing';
import { isZero, type Vector } from '../../vector/vector';
import type { ClientAccount } from '../account/client-account';
import { grantLife } from '../account/grant-life';
import { DemandCursor } from './demand-cursor';
import { WorkAhead } from './work-ahead';

/** Grants that begin within so many milliseconds of each other become one entry, to be started at the later. */
const GRAIN_MS = 5;
/** A push should carry so many grants to come, where they are few. */
const GRANTS_PER_CLIENT = 4;

/** Hands units to those who wait for them, oldest demand first, as far ahead as they are foreseeable. */
export class UnitGrants {
  /** Grants made. */
  made = 0;

  constructor(
    readonly definition: SetDefinition,
    readonly pacing: Pacing,
    readonly ledger: Ledger,
    readonly now: number,
    /** Order in which clients were served: grants so far. */
    readonly served: number,
  ) {}

  /** Says when the next grants are due; `Infinity` if that depends on what is reported. */
  make(accounts: readonly ClientAccount[]): number {
    const { now } = this;
    const { reachMs, farthestMs } = this.pacing;
    const cursors = accounts.map(
      (account) => new DemandCursor(account, this.definition.limits, Math.max(2 * reachMs, farthestMs)),
    );
    const again = this.#serve(cursors);
    for (const cursor of cursors) {
      const { scheduling, channel } = cursor.account.state;
      const isBlocked = !cursor.isDone && !cursor.isStartable && cursor.account.run === undefined;
      // one that does not know it says nothing when its permits become free
      if (isBlocked && !scheduling.blockedByPermits) channel.dirty = true;
      scheduling.blockedByPermits = isBlocked;
    }
    // who waits for what nobody can foresee yet waits, too: what is left by then is theirs
    if (!cursors.some((cursor) => cursor.isStartable)) {
      const ahead = new WorkAhead(this.definition, this.pacing.reachMs, this.ledger, now, (...grant) =>
        this.#grant(...grant),
      );
      ahead.give(cursors.filter((cursor) => cursor.isDone));
    }
    return again;
  }

  #serve(cursors: readonly DemandCursor[]): number {
    const { now } = this;
    const { reachMs, farthestMs, marginMs } = this.pacing;
    let startsAt: number | undefined;
    let from = now;
    for (;;) {
      const cursor = nextOf(cursors, from);
      if (cursor === undefined) return Infinity;
      const { amounts, at } = this.#next(cursor);
      startsAt ??= at;
      const isSparse = this.made < GRANTS_PER_CLIENT * cursors.length;
      if (startsAt > now + marginMs || at > now + (isSparse ? farthestMs : reachMs)) {
        return at === Infinity ? this.#foreseeable() : at - marginMs;
      }
      if (!isZero(amounts)) {
        this.#grant(cursor.account, amounts, at);
        cursor.carry(at);
        from = at;
      }
      cursor.step();
    }
  }

  /** What the next acquisition of a client lacks, and when it could be had, with what the client has for it. */
  #next(cursor: DemandCursor): { readonly amounts: Vector; readonly at: number } {
    const earliest = cursor.account.state.units.grants.at(-1)?.notBefore ?? this.now;
    let amounts = cursor.shortage();
    for (let at = this.now; ;) {
      const readyAt = Math.max(this.ledger.readyAt(amounts, this.now), earliest);
      if (readyAt <= at || readyAt === Infinity) return { amounts, at: readyAt };
      at = readyAt;
      amounts = cursor.shortageAt(at + this.pacing.marginMs);
    }
  }

  /** When the recovery of what is promised can be foreseen; promises land in flocks, one after the other. */
  #foreseeable(): number {
    return Math.max(this.ledger.nextLanding(), this.now + this.definition.timing.guardMs);
  }

  #grant(account: ClientAccount, amounts: Vector, at: number): void {
    const notBefore = at > this.now ? Math.ceil(at / GRAIN_MS) * GRAIN_MS : this.now;
    amounts.forEach((amount, i) => {
      if (amount > 0) this.ledger.hold(i, amount);
    });
    const { leaseMs } = this.definition.timing;
    const lifeMs = account.run === undefined ? grantLife(account.state.units, this.pacing.lifeMs, leaseMs) : leaseMs;
    account.units.grant(amounts, notBefore, notBefore + lifeMs);
    this.made += 1;
    account.state.scheduling.lastServed = this.served + this.made;
  }
}

/** The client whose turn it is, among those with ungranted demand that they could start. */
function nextOf(cursors: readonly DemandCursor[], at: number): DemandCursor | undefined {
  let best: DemandCursor | undefined;
  for (const cursor of cursors) {
    if (cursor.isStartable && (best === undefined || cursor.compare(best, at) < 0)) best = cursor;
  }
  return best;
}
