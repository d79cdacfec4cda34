import { cloneJSON } from './clone-json';
import { ClientAccount, type ClientState } from './client-account';
import { sameDefinition, type SetDefinition } from './definition';
import { definitionFault } from './definition-check';
import { DemandCursor } from './demand-cursor';
import { Ledger, type LedgerSnapshot, type LimitStats } from './ledger';
import { permitWish, sharePermits, wishTotals } from './permit-shares';
import { contentsFault, envelopeFault } from './sync-check';
import { WIRE_VERSION, type Push, type Sync } from './wire';

/** Grants that begin within so many milliseconds of each other become one entry, to be started at the later. */
const GRAIN_MS = 5;
/** How long a grant may be started. Unit: horizons. */
const GRANT_HORIZONS = 4;
const SNAPSHOT_VERSION = 1;

/** The allocator's whole state as plain JSON. */
export interface AllocatorSnapshot {
  readonly snapshot: typeof SNAPSHOT_VERSION;
  readonly definition: SetDefinition;
  readonly ledger: LedgerSnapshot;
  readonly clients: readonly ClientState[];
  readonly fence: number;
  readonly birth: number;
  readonly turn: number;
  readonly counters: AllocatorCounters;
}

/** What an allocator has seen since it was made. */
export interface AllocatorCounters {
  readonly syncs: number;
  readonly pushes: number;
  readonly grants: number;
  readonly refused: number;
}

/** What {@link Allocator.stats} tells. */
export interface AllocatorStats {
  readonly limits: Readonly<Record<string, LimitStats>>;
  /** Acquisitions that wait, as far as the clients have told. */
  readonly waiting: number;
  /** Processes that share the set. */
  readonly clients: number;
  readonly version: number;
  readonly counters: AllocatorCounters;
}

/** A push, and the task queue on which its client hears; an empty one if it asks by query. */
export interface Delivery {
  readonly queue: string;
  readonly push: Push;
}

/**
 * Hands the capacity of one limit set out to clients. The only one who may.
 *
 * A1. What is granted is held in the ledger until it is known to have started or to be returned; see the ledger's L2.
 * A2. The permits that clients may have in use, whatever message was lost, never exceed the capacity.
 * A3. Demands are granted whole, oldest first within a priority; one that cannot be granted yet is not overtaken.
 * A4. A client that was silent for a lease loses its permits; it hears so when it speaks again.
 * A5. Fencing tokens only grow, also over a limiter that was lost and started anew.
 */
export class Allocator {
  readonly #clients = new Map<string, ClientAccount>();
  #definition: SetDefinition;
  #ledger: Ledger;
  #fence: number;
  readonly #birth: number;
  #turn = 0;
  #counters = { syncs: 0, pushes: 0, grants: 0, refused: 0 };
  /** Answers to clients that have no account. */
  #farewells: Delivery[] = [];

  constructor(definition: SetDefinition, now: number) {
    this.#definition = definition;
    this.#ledger = new Ledger(definition.limits, now);
    this.#birth = Math.floor(now);
    this.#fence = this.#birth;
  }

  /** @throws RangeError for a snapshot of an unknown version */
  static restore(snapshot: AllocatorSnapshot, now: number): Allocator {
    if (snapshot.snapshot !== SNAPSHOT_VERSION) {
      throw new RangeError(`snapshot version ${String(snapshot.snapshot)} is not ${String(SNAPSHOT_VERSION)}`);
    }
    const allocator = new Allocator(snapshot.definition, snapshot.birth);
    allocator.#ledger = new Ledger(snapshot.definition.limits, now, snapshot.ledger);
    allocator.#fence = snapshot.fence;
    allocator.#turn = snapshot.turn;
    allocator.#counters = { ...snapshot.counters };
    for (const state of snapshot.clients) {
      const account = new ClientAccount(cloneJSON(state));
      // a push that was under way may have ended with the run before
      account.state.dirty ||= state.seenPush < state.pushSeq;
      allocator.#clients.set(state.id, account);
    }
    return allocator;
  }

  snapshot(): AllocatorSnapshot {
    return {
      snapshot: SNAPSHOT_VERSION,
      definition: this.#definition,
      ledger: this.#ledger.snapshot(),
      clients: [...this.#clients.values()].map(({ state }) => cloneJSON(state)),
      fence: this.#fence,
      birth: this.#birth,
      turn: this.#turn,
      counters: { ...this.#counters },
    };
  }

  /** The definition that is running. */
  get definition(): SetDefinition {
    return this.#definition;
  }

  /** Takes over what a client says. Whatever it is, nothing breaks; what makes no sense is counted and answered. */
  receive(message: unknown, now: number): void {
    this.#counters.syncs += 1;
    const fault = envelopeFault(message);
    if (fault !== undefined) this.#refuse(message, fault, now);
    else this.#receiveSync(message as Sync, now);
  }

  /** Puts a newer definition into force; capacity that is taken stays taken. */
  redefine(definition: SetDefinition, now: number): void {
    const { limits, timing } = this.#definition;
    for (const account of this.#clients.values()) {
      account.close(this.#ledger, timing.guardMs, now);
      account.redefine(limits, definition.limits);
    }
    this.#ledger = this.#ledger.redefine(definition.limits, now);
    this.#definition = definition;
  }

  /** Hands out what can be handed out as of now. Says when to be called again, if nothing is heard before. */
  advance(now: number): number {
    const { guardMs, horizonMs } = this.#definition.timing;
    for (const account of [...this.#clients.values()]) {
      account.expire(this.#ledger, guardMs, horizonMs, now);
      if (now > account.state.lastSeenAt + this.#definition.timing.leaseMs) {
        account.close(this.#ledger, guardMs, now);
        this.#clients.delete(account.state.id);
      }
    }
    const isShort = this.#sharePermits();
    return Math.min(this.#grantUnits(now), isShort ? this.#nextLeaseEnd(now) : Infinity);
  }

  /** Whether one of the clients that can hear has something to hear. */
  hasNews(canHear: (client: string) => boolean): boolean {
    return [...this.#clients.values()].some(({ state }) => state.dirty && canHear(state.id));
  }

  /** What must be told to the clients that can hear, each its whole lease. */
  publish(now: number, canHear: (client: string) => boolean = () => true): Delivery[] {
    const pushes = this.#farewells;
    this.#farewells = [];
    for (const account of this.#clients.values()) {
      const { dirty, queue } = account.state;
      if (dirty && canHear(account.state.id)) pushes.push({ queue, push: account.publish(now) });
    }
    this.#counters.pushes += pushes.length;
    return pushes;
  }

  stats(now: number): AllocatorStats {
    const used = this.#sum((state) => state.inUse);
    const limits = Object.entries(this.#ledger.stats(now)).map(([key, stats], i): [string, LimitStats] => {
      if (this.#definition.limits[i]?.kind !== 'resource') return [key, stats];
      const inUse = used[i] ?? 0;
      return [key, { ...stats, available: stats.capacity - inUse, utilization: inUse / stats.capacity }];
    });
    let waiting = 0;
    for (const { state } of this.#clients.values()) for (const [count] of state.demand) waiting += count;
    return {
      limits: Object.fromEntries(limits),
      waiting,
      clients: this.#clients.size,
      version: this.#definition.version,
      counters: { ...this.#counters },
    };
  }

  #receiveSync(sync: Sync, now: number): void {
    const { definition } = sync;
    const definitionIsBad = definition === undefined ? undefined : definitionFault(definition);
    if (definitionIsBad !== undefined) {
      this.#refuse(sync, `definition: ${definitionIsBad}`, now);
      return;
    }
    if (definition !== undefined && definition.version > this.#definition.version) this.redefine(definition, now);
    if (sync.version !== this.#definition.version) this.#answerStranger(sync, 'redefined', now);
    else if (definition !== undefined && !sameDefinition(definition, this.#definition)) this.#answerStranger(sync, 'conflict', now);
    else this.#read(sync, now);
  }

  #read(sync: Sync, now: number): void {
    const fault = contentsFault({ ...sync }, this.#definition.limits.length);
    if (fault !== undefined) {
      this.#refuse(sync, fault, now);
      return;
    }
    const known = this.#clients.get(sync.client);
    if (known !== undefined) known.read(sync, this.#ledger, this.#definition.timing.guardMs, now);
    else if (sync.fence === 0) this.#open(sync, now);
    // a lease of this limiter's life that is not in the books has run out; one of an earlier life is opened anew
    else this.#answerStranger(sync, sync.fence >= this.#birth ? 'lost' : 'redefined', now);
  }

  #open(sync: Sync, now: number): void {
    if (sync.replaces !== undefined) this.#clients.delete(sync.replaces);
    this.#fence += 1;
    const account = ClientAccount.open(sync, this.#definition.limits.length, this.#fence, now);
    this.#clients.set(sync.client, account);
    account.read(sync, this.#ledger, this.#definition.timing.guardMs, now);
  }

  #refuse(message: unknown, fault: string, now: number): void {
    this.#counters.refused += 1;
    const { client, queue, seq } = (message ?? {}) as Partial<Record<keyof Sync, unknown>>;
    if (typeof client !== 'string' || typeof queue !== 'string' || !Number.isSafeInteger(seq)) return;
    this.#answerStranger({ client, queue, seq: seq as number } as Sync, 'refused', now, `not understood: ${fault}`);
  }

  #answerStranger(sync: Sync, status: Push['status'], now: number, detail?: string): void {
    const push: Push = {
      wire: WIRE_VERSION,
      client: sync.client,
      seq: Number.MAX_SAFE_INTEGER,
      ack: sync.seq,
      ackAt: now,
      now,
      status,
      ...(detail === undefined ? {} : { detail }),
      definition: this.#definition,
      fence: 0,
      firstGrant: 1,
      grants: [],
      levels: [],
    };
    this.#farewells.push({ queue: sync.queue, push });
  }

  #sum(of: (state: ClientState) => readonly number[]): number[] {
    const sums = this.#definition.limits.map(() => 0);
    for (const { state } of this.#clients.values()) of(state).forEach((n, i) => (sums[i] = (sums[i] ?? 0) + n));
    return sums;
  }

  #resources(): number[] {
    return this.#definition.limits.flatMap((limit, i) => (limit.kind === 'resource' ? [i] : []));
  }

  /** Moves every client's level of permits towards its share. Says whether somebody has to do with less than wished. */
  #sharePermits(): boolean {
    const resources = this.#resources();
    if (resources.length === 0) return false;
    const accounts = [...this.#clients.values()];
    const capacity = resources.map((i) => this.#definition.limits[i]?.capacity ?? 0);
    const wishes = accounts.map(({ state }) => permitWish(state, resources));
    const wanted = wishes.map(wishTotals);
    const ceilings = accounts.map(({ state }) => resources.map((i) => state.ceiling[i] ?? 0));
    const isContended = capacity.some((all, r) => sumOf(accounts, (_, a) => Math.max(wanted[a]?.[r] ?? 0, ceilings[a]?.[r] ?? 0)) > all);
    const isShort = capacity.some((all, r) => sumOf(wanted, (totals) => totals[r] ?? 0) > all);
    const targets = isShort ? sharePermits(capacity, wishes) : wanted;
    const free = capacity.map((all, r) => all - sumOf(ceilings, (most) => most[r] ?? 0));
    let isUnmet = false;
    accounts.forEach((account, a) => {
      const { state } = account;
      const level = [...state.level];
      resources.forEach((i, r) => {
        // one that waits for nothing must not keep what it uses, so that it tells of each release at once
        const target = isShort && wishes[a]?.since === Infinity ? 0 : (targets[a]?.[r] ?? 0);
        const ceiling = ceilings[a]?.[r] ?? 0;
        const reachable = Math.min(target, ceiling + Math.max(0, free[r] ?? 0));
        if (reachable > ceiling) free[r] = (free[r] ?? 0) - (reachable - ceiling);
        if (reachable < (wanted[a]?.[r] ?? 0)) isUnmet = true;
        // without contention a client keeps what it has until it gives it back by itself
        level[i] = isContended ? reachable : Math.max(reachable, state.level[i] ?? 0);
      });
      if (level.some((permits, i) => permits > (state.level[i] ?? 0))) {
        this.#fence += 1;
        state.fence = this.#fence;
      }
      account.setLevel(level);
    });
    return isUnmet;
  }

  /** Grants units, oldest demand first, as far as the horizon. Says when to try again. */
  #grantUnits(now: number): number {
    const { limits, timing } = this.#definition;
    const { horizonMs } = timing;
    const cursors = [...this.#clients.values()]
      .filter((account) => !account.isDeaf(now))
      .map((account) => new DemandCursor(account, limits));
    for (;;) {
      const cursor = nextOf(cursors);
      if (cursor === undefined) return Infinity;
      const amounts = cursor.shortage();
      const at = this.#readyAt(amounts, now);
      if (at > now + horizonMs) return Math.max(now + horizonMs / 2, at === Infinity ? 0 : at - horizonMs / 2);
      if (amounts.some((amount) => amount > 0)) this.#grant(cursor.account, amounts, at, now);
      cursor.step();
    }
  }

  #readyAt(amounts: readonly number[], now: number): number {
    let at = now;
    amounts.forEach((amount, i) => {
      if (amount > 0) at = Math.max(at, this.#ledger.readyAtOne(i, amount, now));
    });
    return at;
  }

  #grant(account: ClientAccount, amounts: readonly number[], at: number, now: number): void {
    const notBefore = at > now ? Math.ceil(at / GRAIN_MS) * GRAIN_MS : now;
    amounts.forEach((amount, i) => {
      if (amount > 0) this.#ledger.hold(i, amount);
    });
    account.grant(amounts, notBefore, notBefore + GRANT_HORIZONS * this.#definition.timing.horizonMs);
    this.#turn += 1;
    this.#counters.grants += 1;
    account.state.turn = this.#turn;
  }

  #nextLeaseEnd(now: number): number {
    let end = Infinity;
    for (const { state } of this.#clients.values()) {
      if (state.ceiling.some((permits) => permits > 0)) end = Math.min(end, state.lastSeenAt + this.#definition.timing.leaseMs);
    }
    return Math.max(end, now) + 1;
  }
}

/** The client whose turn it is, among those with ungranted demand that they could start. */
function nextOf(cursors: readonly DemandCursor[]): DemandCursor | undefined {
  let best: DemandCursor | undefined;
  for (const cursor of cursors) {
    if (cursor.isStartable && (best === undefined || cursor.compare(best) < 0)) best = cursor;
  }
  return best;
}

function sumOf<T>(items: readonly T[], of: (item: T, index: number) => number): number {
  return items.reduce((sum, item, index) => sum + of(item, index), 0);
}
