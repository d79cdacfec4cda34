import type { LimitDefinition, SetDefinition } from '../definition/definition';
import { FoundLimits } from '../feedback/found-limits';
import { limitStats, suspensionStats, type ProviderStats } from '../feedback/provider-record';
import {
  DEFAULT_MAX_PAUSE_MS,
  heard,
  opensAt,
  PROBE_MS,
  probed,
  probing,
  UNHEARD,
  type Heard,
  type ProviderState,
  type Suspension,
} from '../feedback/provider-state';
import { readReport } from '../protocol/codec';
import type { Feedback, Push } from '../protocol/wire';
import { at, type Vector } from '../vector/vector';
import type { ClientAccount } from './account/client-account';
import type { ClientState } from './account/client-state';
import type { Standing } from './account/landing';
import type { ProviderSnapshot } from './snapshot/provider-snapshot';

/** More answers at once say no more than these. */
const MOST_AT_ONCE = 20;

/** Hears what the provider of a set answers to all its clients, and keeps them back while it does not serve. */
export class ProviderWatch {
  #state: ProviderState;
  #prober: string | undefined;
  /** The probe that each client has tried last in this suspension. With the next run of a limiter, each is as good again. */
  readonly #tried = new Map<string, number>();
  #counts: [ok: number, throttled: number, failed: number];

  readonly found: FoundLimits;

  constructor({ state, prober, counts, ...findings }: ProviderSnapshot = { state: UNHEARD, counts: [0, 0, 0] }) {
    this.found = new FoundLimits(findings);
    this.#state = state;
    this.#prober = prober;
    this.#counts = [...counts];
  }

  /** Nothing while nothing has been observed. */
  get snapshot(): ProviderSnapshot | undefined {
    const [state, prober] = [this.#state, this.#prober];
    if (this.#counts.every((count) => count === 0) && this.found.isEmpty) return undefined;
    return {
      state,
      ...(prober !== undefined && { prober }),
      counts: [...this.#counts],
      ...this.found.findings,
    };
  }

  /** The definition with the guard and the capacities that are in force. */
  inForce(definition: SetDefinition, now: number): SetDefinition {
    const { timing } = definition;
    const [limits, guardMs] = [this.found.inForce(definition.limits), this.found.guardMs(definition, now)];
    if (limits === definition.limits && guardMs === timing.guardMs) return definition;
    return { ...definition, limits, timing: { ...timing, guardMs } };
  }

  /** Takes over what a client has observed since it was heard last. Whose suspension changes is to hear of it. */
  hear(
    account: ClientAccount,
    told: Feedback,
    accounts: Iterable<ClientAccount>,
    { definition, ledger, now }: Standing,
  ): void {
    const { maxPauseMs: capMs = DEFAULT_MAX_PAUSE_MS } = definition.timing;
    const before = account.state.feedback ?? [0, 0, 0];
    const totals = [told.ok, told.throttled, told.failed].map((total, i) => Math.max(total, before[i] ?? 0));
    account.state.feedback = totals;
    const [ok = 0, throttled = 0, failed = 0] = totals.map((total, i) => total - (before[i] ?? 0));
    // a sum that is no longer exact could not be restored
    const [oks, throttles, failures] = this.#counts;
    this.#counts = [counted(oks + ok), counted(throttles + throttled), counted(failures + failed)];
    const { cause, holdMs, probe } = told;
    // a client's clock may be wrong: nothing is said later than now, or longer ago than the longest pause
    const saidAt = Math.min(now, Math.max(told.at ?? now, now - capMs));
    const answer = (outcome: Heard['outcome']): Heard => ({
      outcome,
      ...(cause !== undefined && { cause }),
      ...(holdMs !== undefined && { holdMs }),
      startedAt: saidAt,
    });
    let state = this.#state;
    if (probe !== undefined && this.#prober === account.state.id)
      state = probed(state, probe[0], answer(probe[1]), saidAt, capMs);
    for (let i = 0; i < Math.min(ok, MOST_AT_ONCE); i += 1) state = heard(state, answer('ok'), saidAt, capMs);
    for (let i = 0; i < Math.min(failed, MOST_AT_ONCE); i += 1) state = heard(state, answer('failed'), saidAt, capMs);
    if (throttled > 0) state = heard(state, answer('throttled'), saidAt, capMs);
    this.#move(state, accounts);
    const reports = (told.seen ?? []).map(readReport);
    this.found.hear({ reports, isServed: ok > 0, isThrottled: throttled > 0, cause }, definition, ledger, now);
  }

  /** Raises capacities that are due. */
  raise({ limits }: SetDefinition, now: number): void {
    this.found.adaptive.raise(limits, now);
  }

  /** Notes what is free, after all has been granted that is granted now. */
  note({ definition: { limits }, ledger, now }: Standing, accounts: readonly ClientAccount[]): void {
    this.found.others.note(ledger, now);
    const taken = ({ kind, capacity }: LimitDefinition, i: number): number =>
      kind === 'resource' ? takenPermits(accounts, i) : capacity - ledger.available(i, now);
    this.found.adaptive.note(limits, taken);
  }

  /**
   * Chooses whose request tries first, early enough that its client knows when the suspension ends. Says when to be called
   * again.
   */
  advance(standing: Standing, accounts: readonly ClientAccount[], leadMs: number): number {
    const { now } = standing;
    const { suspension } = this.#state;
    if (suspension === undefined) return Infinity;
    const isGone = suspension.probe !== undefined && !accounts.some(({ state }) => state.id === this.#prober);
    const opens = isGone ? Math.max(now, suspension.until) : opensAt(this.#state, now);
    const at = opens - leadMs;
    if (at > now) return at;
    // one that waits for its limits would find out nothing, and all would wait for it
    const readyAt = new Map(accounts.map((account) => [account, firstReadyAt(account, standing)]));
    const waiting = accounts.filter((account) => (readyAt.get(account) ?? Infinity) <= now + PROBE_MS);
    const chosen = this.#choose(
      waiting.filter(({ run }) => run === undefined),
      now,
    );
    if (chosen !== undefined) {
      this.#state = probing(this.#state, now);
      this.#prober = chosen.state.id;
      this.#tried.set(chosen.state.id, this.#state.probes);
      chosen.state.channel.dirty = true;
      return opensAt(this.#state, now);
    }
    // runs report a probe only if their code observes answers: for them, the suspension ends by its time
    if (waiting.length > 0 && opens > now) return opens;
    if (waiting.length > 0) {
      const state = probing(this.#state, now);
      this.#move(probed(state, state.probes, { outcome: 'unknown' }, now, Infinity), accounts);
      return Infinity;
    }
    return Math.min(...readyAt.values()) - PROBE_MS;
  }

  /** Why nothing is to start, if so. */
  get suspension(): Suspension | undefined {
    return this.#state.suspension;
  }

  /** Throttles that were observed, in all. */
  get throttled(): number {
    return this.#counts[1];
  }

  /** Until when nothing is to start, as far as that is known; `-Infinity` if all may. */
  get suspendedUntil(): number {
    return this.#state.suspension?.until ?? -Infinity;
  }

  /** Whether a client may start anything. */
  mayStart(account: ClientAccount): boolean {
    return this.#state.suspension === undefined || this.isProbing(account);
  }

  /** Whether a client is to try with one request while the others wait for what becomes of that. */
  isProbing({ state }: ClientAccount): boolean {
    return this.#state.suspension?.probe !== undefined && state.id === this.#prober;
  }

  /** What a client is to know; nothing while all may start as it is defined. */
  newsFor(account: ClientAccount, definition: SetDefinition, now: number): Pick<Push, 'provider' | 'guardMs'> {
    const { suspension } = this.#state;
    const guardMs = this.found.guardMs(definition, now);
    const news = guardMs === definition.timing.guardMs ? {} : { guardMs };
    if (suspension === undefined) return news;
    const { kind, cause, until, probe } = suspension;
    const own = probe !== undefined && this.isProbing(account) && { probe: probe.number };
    return { ...news, provider: { kind, cause, until, ...own } };
  }

  /** Nothing while nothing has been observed. */
  stats(definition: SetDefinition, now: number): ProviderStats | undefined {
    if (this.snapshot === undefined) return undefined;
    const [answered, throttled, failed] = this.#counts;
    const guardMs = this.found.guardMs(definition, now);
    return {
      ...suspensionStats(this.#state),
      answered,
      throttled,
      failed,
      ignored: 0,
      seen: [],
      ...limitStats(definition.limits, this.found.findings),
      ...(guardMs !== definition.timing.guardMs && { guardMs }),
    };
  }

  /** The client that has waited longest, of those heard from lately; rather one that has not tried without a report. */
  #choose(waiting: readonly ClientAccount[], now: number): ClientAccount | undefined {
    const rank = ({ units, state: { id, demand } }: ClientAccount): Vector => [
      units.isDeaf(now) ? 1 : 0,
      this.#tried.get(id) ?? 0,
      Math.min(...demand.waiting.map(({ since }) => since)),
    ];
    return waiting.reduce<ClientAccount | undefined>(
      (best, account) => (best === undefined || isBefore(rank(account), rank(best)) ? account : best),
      undefined,
    );
  }

  #move(state: ProviderState, accounts: Iterable<ClientAccount>): void {
    const [before, after] = [this.#state.suspension, state.suspension];
    this.#state = state;
    if (after === before) return;
    if (after?.probe === undefined) this.#prober = undefined;
    if (after === undefined) this.#tried.clear();
    for (const { run, state: client } of accounts) if (run === undefined) client.channel.dirty = true;
  }
}

/** When one of the requests that wait in a client could start, if all came back that others have; `Infinity` if none can. */
function firstReadyAt({ units, state }: ClientAccount, { definition: { limits }, ledger, now }: Standing): number {
  return state.demand.waiting.reduce((soonest, { amounts }) => {
    const lacking = units.lacking(amounts, limits);
    const needed = limits.map(({ kind }, i) => at(kind === 'resource' ? amounts : lacking, i));
    return Math.min(soonest, ledger.readyIfReturned(needed, now));
  }, Infinity);
}

/** Whether the first of the numbers that differ is the smaller one. */
function isBefore(a: Vector, b: Vector): boolean {
  const i = a.findIndex((number, k) => number !== at(b, k));
  return i >= 0 && at(a, i) < at(b, i);
}

/** The permits of a limit that a client has, or is about to have. */
function takenPermits(accounts: readonly ClientAccount[], index: number): number {
  const isWanted = ({ demand }: ClientState): boolean => demand.waiting.some(({ amounts }) => at(amounts, index) > 0);
  return accounts.reduce((taken, account) => {
    const { state } = account;
    return taken + (isWanted(state) ? account.maxPossibleInUse(index) : at(state.permits.inUse, index));
  }, 0);
}

function counted(total: number): number {
  return Math.min(total, Number.MAX_SAFE_INTEGER);
}
