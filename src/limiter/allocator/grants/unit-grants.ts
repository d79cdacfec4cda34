import type { SetDefinition } from '../../definition/definition';
import type { Ledger } from '../../ledger/ledger';
import type { Pacing } from '../../protocol/pacing';
import { addTo, at, exceeds, isZero, zeros, type Vector } from '../../vector/vector';
import { signatureOf } from '../../waiting/signature-queues';
import type { ClientAccount } from '../account/client-account';
import { grantLife } from '../account/grant-life';
import { ClientDemand, type DemandCursor } from './demand-cursor';
import { WorkAhead } from './work-ahead';

/** Grants that begin within this many milliseconds of each other become one entry, which starts at the later moment. */
const GRAIN_MS = 5;
/** How many future grants a push should carry, if they are few. */
const GRANTS_PER_CLIENT = 4;

/** Where more than this share of what is started comes back, what can be foreseen comes far too late. */
const OVER_RESERVED_SHARE = 0.5;

/** What the next acquisition of a client lacks, and when it could be had. */
interface Next {
  readonly amounts: Vector;
  readonly moment: number;
  /** Whether it has to wait only for what its client was granted already. */
  readonly isOwn: boolean;
}

/**
 * Hands units to those who wait for them, oldest demand first, as far ahead as they are foreseeable.
 *
 * A demand that waits has a reservation: those behind it get units of its limits only if there is room for it, too. So no
 * demand is delayed by those that pass it, and none waits for a limit that it does not name.
 */
export class UnitGrants {
  /** What those reserve who have to wait, by limit. */
  readonly #reserved: number[];
  readonly #capacities: Vector;
  /** The limits of which most of what is reserved comes back. */
  #overReserved = 0;
  /** Grants made. */
  made = 0;

  constructor(
    readonly definition: SetDefinition,
    readonly pacing: Pacing,
    readonly ledger: Ledger,
    readonly now: number,
    /** Order in which clients were served: grants so far. */
    readonly served: number,
  ) {
    this.#reserved = zeros(definition.limits.length);
    this.#capacities = definition.limits.map(({ capacity }) => capacity);
  }

  /**
   * Says when the next grants are due; `Infinity` if that depends on what is reported.
   *
   * @param isProbing Whether a client is to start one request only: more would be kept from those who start after it
   */
  make(accounts: readonly ClientAccount[], isProbing: (account: ClientAccount) => boolean): number {
    const { now } = this;
    const { reachMs, farthestMs } = this.pacing;
    const { limits } = this.definition;
    this.#overReserved = overReserved(accounts, limits.length);
    const isHeldUp = (units: Vector): boolean => this.ledger.readyAt(units, now) > now + farthestMs;
    const demands = accounts.map(
      (account) => new ClientDemand(account, limits, this.pacing, isHeldUp, isProbing(account)),
    );
    const { again, waiting } = this.#serve(demands);
    for (const demand of demands) this.#mark(demand);
    // demands that wait for what cannot be foreseen yet count, too: they get what is left by then
    const blocked = waiting.reduce((limits, { signature }) => limits | signature, 0);
    const ahead = new WorkAhead(this.definition, reachMs, this.ledger, now, (...grant) => this.#grant(...grant));
    const busy = new Set(waiting);
    ahead.give(
      demands.filter(({ cursors }) => cursors.every((cursor) => cursor.isDone || busy.has(cursor))),
      blocked,
    );
    return again;
  }

  /** Serves until the rest has to wait. Says who that is, and when the next grants are due. */
  #serve(demands: readonly ClientDemand[]): { readonly again: number; readonly waiting: readonly DemandCursor[] } {
    const { now } = this;
    const { marginMs } = this.pacing;
    /** When the first grant to each signature could be started; `Infinity` for those that have to wait from then on. */
    const startsAt = new Map<number, number>();
    const waiting: DemandCursor[] = [];
    let open = demands.flatMap(({ cursors }) => cursors.filter(({ isDone }) => !isDone));
    let again = Infinity;
    let from = now;
    const wait = (cursor: DemandCursor): void => {
      const shortage = cursor.shortage();
      // one that is larger than what counts now waits for that to change, and keeps nothing meanwhile
      if (!exceeds(shortage, this.#capacities)) addTo(this.#reserved, shortage);
      waiting.push(cursor);
      open = open.filter((other) => other !== cursor);
    };
    for (;;) {
      const cursor = nextOf(open, from);
      if (cursor === undefined) return { again, waiting };
      const { signature } = cursor;
      if (startsAt.get(signature) === Infinity) {
        // all others wait behind a demand for the same limits
        const rest = open.filter(({ isStartable }) => isStartable);
        if (rest.every((other) => startsAt.get(other.signature) === Infinity))
          return { again, waiting: [...waiting, ...rest] };
        wait(cursor);
        continue;
      }
      const { amounts, moment, isOwn } = this.#next(cursor);
      if (isOwn && moment > now + marginMs) {
        // only the client's own earlier grants delay it: that holds up no other client
        again = Math.min(again, moment - marginMs);
        wait(cursor);
        continue;
      }
      const firstAt = startsAt.get(signature) ?? moment;
      startsAt.set(signature, firstAt);
      if (firstAt > now + marginMs || moment > now + this.#reachOf(signature, demands.length)) {
        again = Math.min(again, moment === Infinity ? this.#foreseeable() : moment - marginMs);
        startsAt.set(signature, Infinity);
        continue;
      }
      if (!isZero(amounts)) {
        this.#grant(cursor.account, amounts, moment);
        cursor.carry(moment);
        from = moment;
      }
      cursor.step();
    }
  }

  /**
   * How far ahead units are granted. Where most of what is reserved comes back, the moments that can be foreseen are those
   * at which there would be room if nothing did: granted for then, units would lie idle while others come back.
   */
  #reachOf(signature: number, clients: number): number {
    const { reachMs, farthestMs, marginMs } = this.pacing;
    if ((signature & this.#overReserved) !== 0) return marginMs;
    return this.made < GRANTS_PER_CLIENT * clients ? farthestMs : reachMs;
  }

  /** What the next acquisition of a client lacks, and when it could be had, with what the client has for it. */
  #next(cursor: DemandCursor): Next {
    let amounts = cursor.shortage();
    for (let moment = this.now; ;) {
      const ledgerAt = this.ledger.readyAt(this.#withReserved(amounts), this.now);
      const lastBegin = cursor.account.units.lastBegin(amounts);
      const readyAt = Math.max(ledgerAt, lastBegin);
      if (readyAt <= moment || readyAt === Infinity) return { amounts, moment: readyAt, isOwn: lastBegin > ledgerAt };
      moment = readyAt;
      amounts = cursor.shortageAt(moment + this.pacing.marginMs);
    }
  }

  /** What has to be free for these amounts, if those who wait already are not to be delayed. */
  #withReserved(amounts: Vector): Vector {
    return amounts.map((amount, i) => (amount === 0 ? 0 : amount + at(this.#reserved, i)));
  }

  /** Has a client know what its permits could not carry, and what keeps no permits there. */
  #mark({ account, cursors }: ClientDemand): void {
    const { scheduling, channel } = account.state;
    const heldUp = cursors.filter(({ isHeldUp, isDone }) => isHeldUp && !isDone).map(({ signature }) => signature);
    const isChanged = String(heldUp) !== String(scheduling.heldUp);
    if (isChanged) scheduling.heldUp = heldUp;
    if (account.run !== undefined) return;
    const isBlocked = cursors.some((cursor) => !cursor.isDone && !cursor.isStartable);
    // one that does not know it says nothing when its permits become free
    if (isChanged || (isBlocked && !scheduling.blockedByPermits)) channel.dirty = true;
    scheduling.blockedByPermits = isBlocked;
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

/** The limits of which more comes back than not, as a signature. */
function overReserved(accounts: readonly ClientAccount[], limits: number): number {
  const [used, refunded] = [zeros(limits), zeros(limits)];
  for (const { state } of accounts) {
    addTo(used, state.units.used);
    addTo(refunded, state.units.refunded);
  }
  return signatureOf(refunded.map((units, i) => Math.max(0, units - OVER_RESERVED_SHARE * at(used, i))));
}

/** The client whose turn it is, among those with ungranted demand that they could start. */
function nextOf(cursors: readonly DemandCursor[], at: number): DemandCursor | undefined {
  let best: DemandCursor | undefined;
  for (const cursor of cursors) {
    if (cursor.isStartable && (best === undefined || cursor.compare(best, at) < 0)) best = cursor;
  }
  return best;
}
