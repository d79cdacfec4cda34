import type { LimiterClock } from '../../limiter/lease/clock-sync';
import type { LeaseIdentity } from '../../limiter/lease/exchange';
import type { AnswerWatch, Awaiting, LimiterLink, PushHandler, SyncFlow, SyncSource, Timer } from '../ports';
import type { Capacity } from '../../limiter/ledger/capacity';
import type { SetDefinition } from '../../limiter/definition/definition';
import type { Suspension } from '../../limiter/feedback/provider-state';
import type { TimedQueue } from '../../limiter/lease/demand';
import type { SyncUrgency } from '../../limiter/lease/reported-state';
import type { Shortage } from '../../limiter/waiting/signature-queues';
import type { Turn } from '../../limiter/lease/usage-log';
import type { Pacing } from '../../limiter/protocol/pacing';
import type { Present } from '../../limiter/retry/retry-hint';
import type { Push, Sync } from '../../limiter/protocol/wire';

/** What a client may use of a shared limit set, and what it has to report of that: a process's, or a workflow run's. */
export interface ClientLease extends Capacity {
  readonly definition: SetDefinition;
  /** Who it belongs to. */
  readonly identity: Pick<Sync, 'client'>;
  /** Whether its client keeps requests back that the provider would not serve. A workflow run, which sets no timers, leaves that to its limiter. */
  readonly keepsBack: boolean;
  /** Permits in use. */
  readonly inUse: readonly number[];
  /** How it times what it tells. */
  readonly pacing: Pacing;
  /** Whether the limiter has answered. */
  readonly registered: boolean;
  /** Whether its totals have grown so large that its client should go on with a new one. */
  readonly isOutgrown: boolean;
  /** Whether a silent client would lose something. */
  readonly holdsAnything: boolean;
  /** Until when the limiter certainly keeps the permits. Unit: milliseconds of the client's clock. */
  readonly validUntil: number;
  /** Whether nothing more can be taken under it. */
  isOver(now: number): boolean;
  /** How often the limiter must hear of a client that holds or waits for something. Unit: milliseconds. */
  readonly renewalMs: number;
  /** The fencing token of the next holder. */
  nextFencingToken(): number;
  /** The turn of the process to which belongs what is taken now; none where it does not matter when something is started. */
  readonly turnNow?: Turn | undefined;
  readonly limiterClock: LimiterClock;
  /** All has been answered for which so much was taken in a turn. Not where it does not matter when something is started. */
  answered?(amounts: readonly number[], turn: Turn | undefined, now: number): void;
  /** Settles one rate limit: what was taken of it in a turn, and what of that was used. */
  settle(index: number, taken: number, used: number, turn: Turn | undefined): void;
  /** Usage above requests that no sync has told yet, by limit; from now on it is for the caller to tell. */
  takeUntold(): readonly number[];
  /** An acquisition under this lease has ended: what it took had been started by now. Not where that is known before. */
  finish?(amounts: readonly number[]): void;
  /** An acquisition that has ended was held for so long. */
  observeHolding(heldMs: number): void;
  /**
   * How soon the limiter should hear of what there is to report. `waiting` is how many wait, `arrivals` how many ever
   * began to, `shortages` what their heads lack.
   */
  urgency(waiting: number, arrivals: number, shortages: readonly Shortage[]): SyncUrgency;
  /** The whole state, to be sent now. */
  compose(queues: Iterable<TimedQueue>, now: number, reply: boolean, arrivals: number): Sync;
  /** Whether the limiter had forgotten this client before it heard of it, and begun anew. */
  isReopened(push: Push): boolean;
  /** Takes over a newer push. Says whether the limiter has to hear that it has arrived. */
  apply(push: Push, now: number): boolean;
  /** The limiter has read the sync, and has no room to remember the client. */
  turnedAway(): void;
  /** A sync is known to have arrived, or to be stored where the limiter will read it before it gives anything away. */
  delivered(seq: number, now: number): void;
  /** Gives up everything, whatever is in use. */
  revoke(): void;
}

/** What a client is made of. */
export interface LeaseClientOptions {
  readonly name: string;
  readonly definition: SetDefinition;
  readonly link: LimiterLink;
  readonly clock: Timer;
  /** From 0 to 1, so that clients spread out; a workflow run, whose randomness is its own, does without. */
  readonly random?: () => number;
  /** A new, unique id at each call. */
  readonly newId: () => string;
  /** Called for each lease that begins, where pushes are to find it. */
  readonly onLease?: (client: string, hear: PushHandler) => void;
  /** Of a process or of a workflow run, with the permits that are in use already. */
  readonly newLease: (definition: SetDefinition, identity: LeaseIdentity, inUse: readonly number[]) => ClientLease;
  readonly newFlow: (source: SyncSource) => SyncFlow;
  /** Where there is a way to find out why the limiter does not answer. */
  readonly newAnswerWatch?: (waiting: Awaiting) => AnswerWatch;
  /** The wall clock, by which providers name moments. */
  readonly present: () => Present;
  /** Called when the client begins to keep requests back for its provider's sake. */
  readonly onSuspended?: ((suspension: Suspension) => void) | undefined;
  /** For the signal of an acquisition, to which many may listen. */
  readonly newController: () => AbortController;
  /** Called when what is held under a lease is lost. */
  readonly onLost?: () => void;
}
