import { algorithms } from '../algorithms/algorithms';
import type { Algorithm, AlgorithmName, StartedWithin } from '../algorithms/algorithm';
import { cloneJSON } from '../checks/clone-json';
import { givesBack, reorder, type LimitDefinition, type ResourceDefinition } from '../definition/definition';
import { at, type Vector } from '../vector/vector';
import { Count, type CountSnapshot } from './count';

/** Units that are promised, with the latest moment at which they may reach the provider. */
interface Landing {
  at: number;
  amount: number;
}

/** The account of one rate or call limit. */
interface WindowAccount {
  readonly count: Count;
  /** Units promised to a client and not yet known to have started; they count in full and do not recover. */
  held: number;
  /** The part of `held` that is known to have started, and counts as started once its moment has passed. */
  readonly landing: Landing[];
  /** The latest moment seen. */
  at: number;
}

interface ResourceAccount {
  definition: ResourceDefinition;
  held: number;
}

/** The plain JSON of a ledger's accounts, in the order of the definitions. */
export type LedgerSnapshot = readonly (Partial<CountSnapshot> & {
  held: number;
  landing?: readonly Landing[];
  at?: number;
})[];

/** How much of a limit is in use. */
export interface LimitStats {
  /**
   * Units per window, or permits, that count now. They may differ from the definition for an adaptive limit, or for one
   * that follows its provider.
   */
  readonly capacity: number;
  /** Units or permits that could be acquired now. Negative while in debt. */
  readonly available: number;
  /** Share of the capacity that is in use. Range: 0 to 1, above 1 while in debt. */
  readonly utilization: number;
}

/**
 * The accounts of all limits of one set, changed together or not at all.
 *
 * L1. `available = counted by the algorithm - held`, for each limit, at each moment.
 * L2. What is promised counts in full from the promise on, and begins to recover only at the latest moment at which it
 *     may have started. So no window holds more than the capacity, whichever moment each promise is used at.
 * L3. `readyAt` looks; `hold`, `land`, `unhold` change; nothing is changed by what is refused.
 * L4. What was taken before the definitions changed is settled and released as the ledger that follows counts it.
 */
export class Ledger {
  readonly #accounts: readonly (WindowAccount | ResourceAccount)[];
  /** The ledger that took this one's place, and when. */
  #next: { readonly ledger: Ledger; readonly since: number } | undefined;

  /** @param counting How each algorithm counts: as it is heard of, or revisable. */
  constructor(
    readonly definitions: readonly LimitDefinition[],
    now: number,
    snapshot: LedgerSnapshot = [],
    readonly counting: (name: AlgorithmName) => Algorithm = (name) => algorithms[name],
  ) {
    this.#accounts = definitions.map((definition, index) => {
      const saved = snapshot[index] ?? { held: 0 };
      if (definition.kind === 'resource') return { definition, held: saved.held };
      return {
        count: new Count(definition, now, counting, saved),
        held: saved.held,
        landing: (saved.landing ?? []).map((landing) => ({ ...landing })),
        at: Math.max(now, saved.at ?? now),
      };
    });
  }

  /** The earliest moment from `now` on at which the amounts could be taken together; `Infinity` if not foreseeable. */
  readyAt(amounts: Vector, now: number): number {
    let moment = now;
    for (let i = 0; i < this.#accounts.length; i += 1) {
      const amount = at(amounts, i);
      if (amount > 0) moment = Math.max(moment, this.readyAtOne(i, amount, now));
    }
    return moment;
  }

  /** {@link readyAt} for one limit. */
  readyAtOne(index: number, amount: number, now: number): number {
    return this.#readyAtOne(this.#at(index), amount, now, true);
  }

  /** {@link readyAt}, if all that is promised to others came back. */
  readyIfReturned(amounts: Vector, now: number): number {
    let moment = now;
    for (const [i, account] of this.#accounts.entries()) {
      const amount = at(amounts, i);
      if (amount > 0) moment = Math.max(moment, this.#readyAtOne(account, amount, now, false));
    }
    return moment;
  }

  /** Forecasts {@link readyAtOne} where held units are in the way: as if those started, at the moments that are known or right after. */
  readyOnceStarted(index: number, amount: number, now: number): number {
    const account = this.#at(index);
    if (!isWindow(account)) return Infinity;
    const { landing } = account;
    const count = account.count.copy(now);
    let [held, from] = [account.held, now];
    for (const { at: landsAt, amount: units } of [...landing, { at: now, amount: Math.max(0, promised(account)) }]) {
      const readyAt = count.availableAt(from, amount + held);
      if (readyAt < Infinity) return readyAt;
      from = Math.max(from, landsAt);
      count.consume(from, units);
      held = Math.max(0, held - units);
    }
    return count.availableAt(from, amount);
  }

  /**
   * Settles what was taken of one rate limit, also under a definition that no longer holds. For units that are still held,
   * `started` is from `Infinity` on. Returns how many are taken off.
   */
  settle(index: number, taken: number, used: number, now: number, started?: StartedWithin): number {
    const account = this.#at(index);
    if (!isWindow(account)) return 0;
    if (this.#next !== undefined) return this.#settleNext(this.#next, index, taken, used, now, started);
    this.#landDue(account, now);
    if (used > taken) account.count.consume(account.at, used - taken);
    if (used >= taken || !givesBack(account.count.definition)) return 0;
    takeOff(account, taken - used, started);
    return taken - used;
  }

  /** Units of one rate limit count as started between two moments, and were not: whatever `unused` says, no provider saw these. */
  takeBack(index: number, units: number, now: number, counted: StartedWithin): void {
    const account = this.#at(index);
    if (!isWindow(account)) return;
    this.#landDue(account, now);
    takeOff(account, units, counted);
  }

  /** Gives the permits among the amounts back. */
  release(amounts: Vector): void {
    if (this.#next !== undefined) {
      const { ledger } = this.#next;
      ledger.release(reorder(amounts, this.definitions, ledger.definitions));
      return;
    }
    for (let i = 0; i < this.#accounts.length; i += 1) {
      const account = this.#at(i);
      if (!isWindow(account)) account.held -= at(amounts, i);
    }
  }

  /** Units of one limit that are promised and do not count as started yet. */
  held(index: number): number {
    return this.#at(index).held;
  }

  /** Promises units or permits of one limit. Only after {@link readyAtOne} has said so. */
  hold(index: number, amount: number): void {
    this.#at(index).held += amount;
  }

  /** Takes a promise back that was not used. */
  unhold(index: number, amount: number): void {
    const account = this.#at(index);
    // adding and taking away fractions leaves a residue, which must not become capacity
    account.held = Math.max(0, account.held - amount);
  }

  /** Promised units have started, and reach the provider by `moment`. */
  land(index: number, amount: number, moment: number, now: number): void {
    const account = this.#at(index);
    if (!isWindow(account) || amount === 0) return;
    let i = account.landing.length;
    while (i > 0 && (account.landing[i - 1]?.at ?? -Infinity) > moment) i -= 1;
    account.landing.splice(i, 0, { at: moment, amount });
    this.#landDue(account, now);
  }

  /** Promised units of all limits start by `moment`, now or later, also those promised under definitions that no longer hold. */
  landAll(amounts: Vector, moment: number, now: number): void {
    if (this.#next !== undefined) {
      const { ledger } = this.#next;
      ledger.landAll(
        ledger.definitions.map((next) => at(amounts, this.#placeOf(next))),
        moment,
        now,
      );
      return;
    }
    for (const [i, account] of this.#accounts.entries()) {
      // where the clock has gone back, nothing recovers sooner for that
      if (isWindow(account)) this.land(i, at(amounts, i), Math.max(moment, account.at), now);
    }
  }

  /** When the next promise is counted as started; `Infinity` if none is about to. */
  nextLanding(): number {
    return Math.min(
      ...this.#accounts.map((account) => (isWindow(account) ? account.landing[0]?.at : undefined) ?? Infinity),
    );
  }

  /** When all that was taken has recovered, as far as that can be foreseen: what is promised recovers from when it lands. */
  recoveredAt(now: number): number {
    const whole = this.#accounts.map((account) => definitionOf(account).capacity);
    const readyAt = this.readyAt(whole, now);
    return readyAt === Infinity ? this.nextLanding() : readyAt;
  }

  /** Units or permits available of one limit. */
  available(index: number, now: number): number {
    const account = this.#at(index);
    if (!isWindow(account)) return account.definition.capacity - account.held;
    this.#landDue(account, now);
    return account.count.available(now) - account.held;
  }

  /** Units or permits of one limit that are not available. More than there are while in debt. */
  taken(index: number, now: number): number {
    return definitionOf(this.#at(index)).capacity - this.available(index, now);
  }

  /**
   * Every limit's capacity, available and utilization, by key.
   *
   * @param isStarting Whether all units that are held are about to start, and so may be a debt.
   */
  stats(now: number, isStarting = false): Record<string, LimitStats> {
    return Object.fromEntries(
      this.#accounts.map((account, i) => {
        const { key, capacity } = definitionOf(account);
        const free = this.available(i, now);
        // what is promised for later than now leaves nothing, but is no debt
        const isDebt = isStarting && isWindow(account);
        const available = isDebt ? free : Math.max(free, Math.min(0, free + promised(account)));
        return [key, { capacity, available, utilization: (capacity - available) / capacity }];
      }),
    );
  }

  snapshot(): LedgerSnapshot {
    return this.#accounts.map((account, i) => {
      const { held } = account;
      const definition = this.definitions[i];
      if (!isWindow(account) || definition === undefined) return { held };
      const { count, landing, at: seenAt } = account;
      return { held, ...count.snapshot(definition.capacity), landing: cloneJSON(landing), at: seenAt };
    });
  }

  /**
   * The ledger that takes this one's place under other definitions: what counts by the same key and algorithm keeps its
   * state.
   */
  redefine(definitions: readonly LimitDefinition[], now: number): Ledger {
    const saved = definitions.map((definition): LedgerSnapshot[number] => {
      const old = this.#accounts[this.#placeOf(definition)];
      if (old === undefined || !isWindow(old) || isResource(definition)) return { held: old?.held ?? 0 };
      this.#landDue(old, now);
      const { held, landing, at: seenAt, count } = old;
      return { held, landing, at: seenAt, ...count.redefined(definition, now).snapshot(definition.capacity) };
    });
    const ledger = new Ledger(definitions, now, saved, this.counting);
    this.#next = { ledger, since: now };
    return ledger;
  }

  /** Counts by other capacities from now on. What is taken stays taken; what was defined stays the definition. Says whether one is higher now. */
  resize(capacities: Vector, now: number): boolean {
    let isRaised = false;
    for (const [i, account] of this.#accounts.entries()) {
      const capacity = at(capacities, i);
      const before = definitionOf(account).capacity;
      if (capacity === before) continue;
      isRaised ||= capacity > before;
      if (!isWindow(account)) account.definition = { ...account.definition, capacity };
      else {
        this.#landDue(account, now);
        account.count.resize(capacity, account.at);
      }
    }
    return isRaised;
  }

  #settleNext(
    { ledger, since }: { readonly ledger: Ledger; readonly since: number },
    index: number,
    taken: number,
    used: number,
    now: number,
    started?: StartedWithin,
  ): number {
    const account = this.#at(index);
    const place = ledger.#placeOf(definitionOf(account));
    const next = ledger.#accounts[place];
    if (next === undefined || !isWindow(next) || !isWindow(account)) return 0;
    const isStartedThere = started !== undefined && started.from >= since;
    if (used > taken || isStartedThere || account.count.meansAlike(next.count))
      return ledger.settle(place, taken, used, now, started);
    // what was counted anew at the change were the units that had not recovered by then
    const before = this.available(index, since);
    account.count.refund(since, taken - used, started);
    const counted = this.available(index, since) - before;
    return ledger.settle(place, counted, 0, now, { from: since, to: since });
  }

  /** Where the account of a limit stands that is defined anew; -1 if there is none. */
  #placeOf(definition: LimitDefinition): number {
    return this.#accounts.findIndex((account) => {
      const own = definitionOf(account);
      return own.key === definition.key && isResource(own) === isResource(definition);
    });
  }

  /** @param isBeside Whether what is promised stays so. */
  #readyAtOne(account: WindowAccount | ResourceAccount, amount: number, now: number, isBeside: boolean): number {
    // what is promised and has landed by now is promised no longer
    if (isWindow(account)) this.#landDue(account, now);
    const held = isBeside ? account.held : 0;
    if (isWindow(account)) return account.count.availableAt(now, amount + held);
    return held + amount <= account.definition.capacity ? now : Infinity;
  }

  #landDue(account: WindowAccount, now: number): void {
    // never back: units taken at a moment that comes twice would recover early
    if (now > account.at) account.at = now;
    if (account.landing.length === 0) return;
    let due = 0;
    for (const landing of account.landing) {
      if (landing.at > account.at) break;
      account.held = Math.max(0, account.held - landing.amount);
      account.count.consume(landing.at, landing.amount);
      due += 1;
    }
    if (due > 0) account.landing.splice(0, due);
  }

  #at(index: number): WindowAccount | ResourceAccount {
    const account = this.#accounts[index];
    if (account === undefined) throw new RangeError(`no limit ${String(index)}`);
    return account;
  }
}

function isWindow(account: WindowAccount | ResourceAccount): account is WindowAccount {
  return 'count' in account;
}

/** Units that count, or are about to, were not needed. */
function takeOff(account: WindowAccount, units: number, started?: StartedWithin): void {
  if (started === undefined || started.from <= account.at) {
    account.count.refund(account.at, units, started);
    return;
  }
  const landing = account.landing.find(({ at: landsAt }) => landsAt === started.from);
  const found = started.from === Infinity ? units : Math.min(units, landing?.amount ?? 0);
  if (landing !== undefined) landing.amount -= found;
  account.held = Math.max(0, account.held - found);
}

/** Units that are held and not known to have started. */
function promised(account: WindowAccount | ResourceAccount): number {
  return isWindow(account) ? account.landing.reduce((rest, { amount }) => rest - amount, account.held) : account.held;
}

function definitionOf(account: WindowAccount | ResourceAccount): LimitDefinition {
  return isWindow(account) ? account.count.definition : account.definition;
}

function isResource(definition: LimitDefinition): definition is ResourceDefinition {
  return definition.kind === 'resource';
}
