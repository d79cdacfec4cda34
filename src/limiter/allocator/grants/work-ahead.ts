import type { SetDefinition } from '../../definition/definition';
import type { Ledger } from '../../ledger/ledger';
import { addTo, at, isZero, type Vector } from '../../vector/vector';
import { signatureOf } from '../../waiting/signature-queues';
import type { ClientAccount } from '../account/client-account';
import type { DemandState } from '../account/client-state';
import type { ClientDemand } from './demand-cursor';

/** What is free above this share of a capacity is nothing that anybody could miss. */
const SPARE_SHARE = 0.5;
/** Less than this share of what a client would like to have is not worth a message. */
const TOP_UP_SHARE = 0.5;
/** What recovers is handed out in about this many parts for each client, each with its own moment. */
const PARTS = 8;

/** What a client would like to have beyond what it has. */
interface Wish {
  readonly account: ClientAccount;
  readonly left: number[];
  /** What it has, as a share of what recovers as far ahead as units are granted. */
  share: number;
}

/**
 * Hands out what no request waits for to clients that keep acquiring: at once while there is plenty, else as it recovers.
 *
 * A client knows of no more demand than waits in it. Without units ahead, one that has few requests at a time would start
 * no more of them in a round trip, however much its limits let through.
 */
export class WorkAhead {
  /** Units of each limit that recover as far ahead as units are granted. */
  readonly #foreseen: Vector;
  readonly #until: number;

  constructor(
    readonly definition: SetDefinition,
    reachMs: number,
    readonly ledger: Ledger,
    readonly now: number,
    readonly grant: (account: ClientAccount, amounts: Vector, at: number) => void,
  ) {
    this.#until = now + reachMs;
    this.#foreseen = definition.limits.map((limit) =>
      // of next to no capacity, a quotient could be none at all
      limit.kind === 'resource' ? Infinity : Math.max(Number.MIN_VALUE, (limit.capacity * reachMs) / limit.windowMs),
    );
  }

  /**
   * To be asked when all that waits has got its units, or has to wait for them.
   *
   * @param blocked The limits for whose units a request waits
   */
  give(demands: readonly ClientDemand[], blocked: number): void {
    const wishes: Wish[] = [];
    for (const demand of demands) {
      const { account } = demand;
      const left = demand.shortageAhead();
      if ((signatureOf(left) & blocked) !== 0) continue;
      if (left.every((amount, i) => amount <= at(account.state.demand.ahead, i) * TOP_UP_SHARE)) continue;
      if (this.#isSpare(left)) this.grant(account, left, this.now);
      else wishes.push({ account, left, share: this.#shareOf(account) });
    }
    if (wishes.length > 0) this.#share(wishes, this.#fairShare(demands));
  }

  /** Each part goes to the client that has least: slow clients would get slower if more went to fast ones. */
  #share(wishes: Wish[], fair: number): void {
    const [reserve, spare] = [this.#reserve, this.#spare];
    // of a long window, what is there may be worth thousands of what recovers: it is handed out in few parts, too
    const most = this.#foreseen.map((amount, i) => Math.max(amount, at(spare, i) / PARTS) / (PARTS * wishes.length));
    while (wishes.length > 0) {
      const wish = wishes.reduce((least, other) => (other.share < least.share ? other : least));
      const { account, left } = wish;
      const part = partOf(left, most);
      const readyAt = this.ledger.readyAt(
        part.map((amount, i) => (amount > 0 ? amount + at(reserve, i) : 0)),
        this.now,
      );
      const startsAt = Math.max(readyAt, account.units.lastBegin(part));
      if (startsAt > this.#until || wish.share > fair || isZero(part)) {
        wishes.splice(wishes.indexOf(wish), 1);
        continue;
      }
      this.grant(account, part, startsAt);
      addTo(left, part, -1);
      wish.share = this.#shareOf(account);
    }
  }

  /**
   * How much of what recovers a client may have. Without this, a client that waits, and is slower than it could be, would
   * stay slow while earlier clients had everything ahead: each of its requests would wait behind that.
   */
  #fairShare(demands: readonly ClientDemand[]): number {
    const busy = demands
      .map(({ account }) => account.state.demand)
      .filter(({ waiting, ahead }) => waiting.length > 0 || !isZero(ahead));
    const fair = 1 / busy.length;
    return busy.some((demand) => demand.waiting.length > 0 && this.#paceOf(demand) < fair) ? fair : Infinity;
  }

  /** What a client uses, as a share of what recovers: with what waits, it asks for twice of it. */
  #paceOf({ waiting, ahead }: DemandState): number {
    return this.#foreseen.reduce((most, foreseen, i) => {
      const wanted = waiting.reduce((sum, { count, amounts }) => sum + count * at(amounts, i), 0);
      return Math.max(most, (wanted + at(ahead, i)) / (2 * foreseen));
    }, 0);
  }

  #shareOf({ units }: ClientAccount): number {
    return this.#foreseen.reduce((most, foreseen, i) => Math.max(most, units.outstanding(i) / foreseen), 0);
  }

  #isSpare(amounts: Vector): boolean {
    return this.definition.limits.every((limit, i) => {
      const amount = at(amounts, i);
      return amount === 0 || this.ledger.available(i, this.now) - amount >= limit.capacity * SPARE_SHARE;
    });
  }

  /** What is free now beyond what stays for new requests. */
  get #spare(): number[] {
    const reserve = this.#reserve;
    return this.definition.limits.map((_, i) => Math.max(0, this.ledger.available(i, this.now) - at(reserve, i)));
  }

  /** What is free now stays for new requests; what recovers is handed out. */
  get #reserve(): number[] {
    return this.definition.limits.map((limit, i) =>
      Math.max(0, Math.min(this.ledger.available(i, this.now), limit.capacity * SPARE_SHARE)),
    );
  }
}

/** So much of the amounts, in their proportion, that none is above its most by a whole unit. */
function partOf(amounts: Vector, most: Vector): number[] {
  const share = amounts.reduce((least, amount, i) => (amount > 0 ? Math.min(least, at(most, i) / amount) : least), 1);
  return amounts.map((amount) => Math.min(amount, Math.ceil(amount * share)));
}
