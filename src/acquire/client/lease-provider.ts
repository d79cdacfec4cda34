import type { Observation, ProviderFault } from '../../limiter/feedback/observation';
import { whyLess, type Shortened } from '../../limiter/feedback/lowered-limits';
import { ProviderRecord, whySuspended } from '../../limiter/feedback/provider-record';
import type { SetDefinition } from '../../limiter/definition/definition';
import { DEFAULT_MAX_PAUSE_MS, isLasting, type Suspension } from '../../limiter/feedback/provider-state';
import { onOwnClock, type LimiterClock } from '../../limiter/lease/clock-sync';
import { SuspendedCapacity } from '../../limiter/feedback/suspended-capacity';
import type { Capacity } from '../../limiter/ledger/capacity';
import { reportedLimits } from '../../limiter/feedback/reported-limits';
import type { Report } from '../../limiter/feedback/use-by-others';
import { readLowered, reportRow } from '../../limiter/protocol/codec';
import type { Feedback, Push } from '../../limiter/protocol/wire';

/** A throttle without a hint, or a failed account, keeps a client back for so long, unless its limiter answers before. */
const FIRST_HAND_MS = 1_000;
/** A client that may not try itself looks again so often whether it may. */
const LOOK_MS = 1_000;

/** Counters of one client, as its syncs tell them. */
type Totals = Pick<Feedback, 'ok' | 'throttled' | 'failed'>;

const NONE: Totals = { ok: 0, throttled: 0, failed: 0 };
const WHOLE: Omit<Shortened, 'definedGuardMs'> = { lowered: [], guardMs: 0 };

/** What the limiter said last: on the client's clock, and with the number of the probe that is this client's. */
interface Told extends Omit<Suspension, 'probe'> {
  readonly probe: number | undefined;
}

/**
 * A client's half of hearing its provider: tells the limiter what was observed here, keeps requests back at once after a
 * throttle, and then for as long as the limiter says.
 */
export class LeaseProvider {
  readonly record = new ProviderRecord();
  #totals = NONE;
  /** The totals at the last report, and those that were reported under leases before. */
  #reported = NONE;
  #before = NONE;
  #cause: Feedback['cause'];
  /** Until when the provider has asked to wait, as long as that has not been answered. */
  #holdUntil = -Infinity;
  /** Kept back by what was heard here, until the limiter has answered the sync of this number. */
  #firstHand: { readonly until: number; readonly cause: ProviderFault; seq: number } | undefined;
  #told: Told | undefined;
  /** What of the definition does not count in full, as the limiter said last. */
  #shortened: Omit<Shortened, 'definedGuardMs'> = WHOLE;
  #openedAt = -Infinity;
  /** The last probe that was begun here, and its outcome. */
  #begun = 0;
  #result: Feedback['probe'];
  #claimed: number | undefined;
  #askedAt = -Infinity;
  /** By limit, what the answer to the newest call said since the last sync. */
  readonly #reports = new Map<number, Report>();
  /** How soon the limiter is to hear what it does not know. */
  urgency: 'urgent' | 'soon' | 'none' = 'none';

  /**
   * @param keepsBack Whether this client itself keeps requests back; a workflow run leaves that to its limiter.
   * @param onSuspended Called when a suspension begins, as far as is known here.
   */
  constructor(
    readonly keepsBack: boolean,
    readonly onSuspended?: (suspension: Suspension) => void,
  ) {}

  /** Whether nothing may start, as far as is known here. */
  get isSuspended(): boolean {
    return this.#told !== undefined || this.#firstHand !== undefined;
  }

  /**
   * Whether a request may ask the limiter here, to find out whether the provider serves again. The limiter chooses only
   * among the clients that wait: where all requests go elsewhere meanwhile, none would find out.
   */
  mayAsk(now: number): boolean {
    if (this.#told === undefined) return false;
    return now >= Math.max(this.#told.until, this.#firstHand?.until ?? now, this.#askedAt + LOOK_MS);
  }

  /** A request that does not wait asks the limiter. */
  asked(now: number): void {
    this.#askedAt = now;
  }

  /** Whether the others wait for the outcome of a request of this client. */
  get isProbing(): boolean {
    return this.#isOpen(this.#begun) && this.#begun > 0;
  }

  /** Takes over what an answer says to a call that began at `startedAt`, as the probe of this number if it is one. */
  observe(
    observation: Observation,
    startedAt: number,
    probe: number | undefined,
    now: number,
    { limits, timing: { maxPauseMs: capMs } }: SetDefinition,
  ): void {
    this.record.add(observation);
    const { outcome, cause, holdMs, seen } = observation;
    for (const report of reportedLimits(seen, limits)) {
      const { since = -Infinity } = this.#reports.get(report.index) ?? {};
      if (startedAt >= since) this.#reports.set(report.index, { ...report, since: startedAt });
    }
    if (outcome === 'unknown') return;
    if (probe !== undefined && this.#isOpen(probe)) this.#end([probe, outcome]);
    if (outcome === 'ok') {
      this.#totals = { ...this.#totals, ok: this.#totals.ok + 1 };
      return;
    }
    // what began before the suspension that there is, or was, says nothing new
    const isOld = probe === undefined && (this.#told !== undefined || startedAt < this.#openedAt);
    if (isOld && holdMs === undefined) return;
    this.#totals = { ...this.#totals, [outcome]: this.#totals[outcome] + 1 };
    this.#cause = cause;
    const ms = Math.min(holdMs ?? FIRST_HAND_MS, capMs ?? DEFAULT_MAX_PAUSE_MS);
    if (holdMs !== undefined) this.#holdUntil = Math.max(this.#holdUntil, now + ms);
    const isSure = outcome === 'throttled' || isLasting(cause);
    if (isSure) this.urgency = 'urgent';
    else if (this.urgency === 'none') this.urgency = 'soon';
    if (!isSure || !this.keepsBack || cause === undefined) return;
    const until = Math.max(this.#firstHand?.until ?? 0, now + ms);
    const wasSuspended = this.isSuspended;
    this.#firstHand = { until, cause, seq: Infinity };
    this.#tell(wasSuspended);
  }

  /** The probe has been released: in silence, it was served. */
  ended(probe: number): void {
    if (this.#isOpen(probe)) this.#end([probe, 'ok']);
  }

  /** The probe that has just been taken, if it was one. */
  claim(): number | undefined {
    const claimed = this.#claimed;
    this.#claimed = undefined;
    return claimed;
  }

  /** What a sync is to tell; nothing if nothing was observed under this lease. */
  feedback(seq: number, now: number, clock: LimiterClock): Feedback | undefined {
    const [totals, before] = [this.#totals, this.#before];
    const [ok, throttled, failed] = [
      totals.ok - before.ok,
      totals.throttled - before.throttled,
      totals.failed - before.failed,
    ];
    this.#reported = totals;
    this.urgency = 'none';
    if (this.#firstHand?.seq === Infinity) this.#firstHand.seq = seq;
    if (ok + throttled + failed === 0 && this.#result === undefined) return undefined;
    const holdMs = Math.ceil(this.#holdUntil - now);
    const at = Math.ceil(clock.latest(now));
    const reports = [...this.#reports.values()].map((report) => ({ ...report, since: clock.earliest(report.since) }));
    this.#reports.clear();
    const seen = reports.filter(({ since }) => Number.isFinite(since)).map(reportRow);
    return {
      ...{ ok, throttled, failed },
      ...(this.#cause !== undefined && { cause: this.#cause }),
      ...(holdMs > 0 && { holdMs }),
      ...(Number.isFinite(at) && { at }),
      ...(this.#result !== undefined && { probe: this.#result }),
      ...(seen.length > 0 && { seen }),
    };
  }

  /** Takes over what a newer push says. Says whether something has changed. */
  hear({ provider, ack, guardMs = 0, lowered = [] }: Push, now: number, clock: LimiterClock): boolean {
    const wasSuspended = this.isSuspended;
    this.#shortened = { lowered: lowered.map(readLowered), guardMs };
    if (this.#firstHand !== undefined && ack >= this.#firstHand.seq) this.#firstHand = undefined;
    if (provider !== undefined) {
      const { kind, cause, until, probe, reason } = provider;
      const own = { kind, cause, ...(reason !== undefined && { reason }) };
      this.#told = { ...own, until: onOwnClock(until, now, clock), probe };
    } else {
      if (this.#told !== undefined) this.#openedAt = now;
      this.#told = undefined;
    }
    this.#tell(wasSuspended);
    return wasSuspended || this.isSuspended;
  }

  /** Another lease begins: what was reported under those before is not told again. */
  begin(): void {
    this.#before = this.#reported;
    this.#result = undefined;
    this.#reports.clear();
    this.#shortened = WHOLE;
    this.#begun = 0;
    if (this.#firstHand !== undefined) this.#firstHand.seq = Infinity;
  }

  /** The capacity as it is to be taken from: nothing, while something is suspended. */
  before(capacity: Capacity): Capacity {
    if (!this.keepsBack || !this.isSuspended) return capacity;
    return new SuspendedCapacity(capacity, this.#opensAt, this.#take);
  }

  /** Why nothing starts, if so. */
  get suspension(): Suspension | undefined {
    if (this.#told !== undefined) {
      const { probe: _own, ...suspension } = this.#told;
      return suspension;
    }
    if (this.#firstHand === undefined) return undefined;
    const { cause, until } = this.#firstHand;
    return { kind: 'PAUSED', cause, until };
  }

  /** {@link suspension}, for the errors of waiting requests. */
  obstacle(now: number): string | undefined {
    const { suspension } = this;
    return suspension && whySuspended({ suspension }, now);
  }

  /** Why there is less of a limit than is defined, as far as is known here. */
  whyLess(key: string, { limits, timing }: SetDefinition): string | undefined {
    return whyLess(limits, key, { ...this.#shortened, definedGuardMs: timing.guardMs });
  }

  readonly #opensAt = (now: number): number => {
    const firstHand = this.#firstHand?.until ?? now;
    if (this.#told === undefined) return Math.max(now, firstHand);
    const { until, probe } = this.#told;
    const mayTry = probe !== undefined && probe !== this.#begun;
    return Math.max(now, firstHand, until, mayTry ? now : now + LOOK_MS);
  };

  readonly #take = (): void => {
    const probe = this.#told?.probe;
    if (probe === undefined || probe === this.#begun) return;
    this.#begun = probe;
    this.#claimed = probe;
  };

  #tell(wasSuspended: boolean): void {
    const { suspension } = this;
    if (!wasSuspended && suspension !== undefined) this.onSuspended?.(suspension);
  }

  #isOpen(probe: number): boolean {
    return probe === this.#begun && this.#result?.[0] !== probe;
  }

  #end(result: NonNullable<Feedback['probe']>): void {
    this.#result = result;
    this.urgency = 'urgent';
  }
}
