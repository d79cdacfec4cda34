import type { SetDefinition } from '../definition/definition';
import type { LoweredLimit } from '../feedback/lowered-limits';
import type { ProviderFault } from '../feedback/observation';
import type { SuspensionCause } from '../feedback/provider-state';

/**
 * What a client and its limiter say to each other. Both send their whole state in counters that only grow, as TCP does:
 * a message may be lost, repeated or late, and the newest one says all. Arrays of numbers without further word are in
 * the order of the definition's limits; times are milliseconds on the limiter's clock.
 */
export const WIRE_VERSION = 1;

/** Acquisitions that wait one behind the other for the same: how many, their priority, since when the first waits, amounts. */
export type DemandRow = readonly [count: number, priority: number, since: number, ...amounts: number[]];

/** By this moment, so much had been started in all. */
export type UsageRow = readonly [at: number, ...totals: number[]];

/** Between these moments was started what had been refunded last, when so much had been refunded in all. */
export type RefundRow = readonly [startedAt: number, startedBy: number, ...totals: number[]];

/** Units that may be started between two moments. */
export type GrantRow = readonly [notBefore: number, notAfter: number, ...amounts: number[]];

/** What an answer said of one limit: which, when its call began, what was left, and the limit; -1 for what it did not say. */
export type ReportRow = readonly [index: number, since: number, remaining: number, limit: number];

/** A limit of which less counts than is defined: which, how much, and why. */
export type LoweredRow = readonly [index: number, capacity: number, by: LoweredLimit['by']];

/** What a client has observed of the provider's answers. Its counters only grow. */
export interface Feedback {
  /** Answers by which the provider did its part. */
  readonly ok: number;
  readonly throttled: number;
  readonly failed: number;
  /** Why, of the newest that was throttled or failed. */
  readonly cause?: ProviderFault;
  /** When this was written, on the limiter's clock, or a little later. @default when the limiter reads it */
  readonly at?: number;
  /** For how long from then on the provider has asked to be left alone. Unit: milliseconds. */
  readonly holdMs?: number;
  /** The newest probe that this client was let make, and its outcome. */
  readonly probe?: readonly [number: number, outcome: 'ok' | 'throttled' | 'failed'];
  /** What the newest answers since the last sync said of the limits. */
  readonly seen?: readonly ReportRow[];
}

/** That nothing may start, and why. */
export interface ProviderNews {
  readonly kind: 'PAUSED' | 'CIRCUIT';
  readonly cause: SuspensionCause;
  /** From then on one request may try. */
  readonly until: number;
  /** The number of the probe that this client is to make, with one request. */
  readonly probe?: number;
  /** Why, in the words of the operator who has paused the set. */
  readonly reason?: string;
}

/** A client's whole state. */
export interface Sync {
  readonly wire: typeof WIRE_VERSION;
  /** New at each start of a process, and whenever a lease was lost. */
  readonly client: string;
  /** Grows with each message of this client; the highest counts. */
  readonly seq: number;
  /** Where it hears pushes: the task queue of the push activity, a workflow run; empty for a client that asks by query. */
  readonly queue: string;
  /** The fencing token of the lease that the client believes to have; 0 if none yet. */
  readonly fence: number;
  /** The client whose holdings this one takes over, after a change of definition. */
  readonly replaces?: string;
  /** Version of the definition that the arrays follow. */
  readonly version: number;
  /** Where the process runs, for people; until the client has heard from the limiter. At most 100 characters. */
  readonly where?: string;
  /** The definition itself, until the client has heard from the limiter. */
  readonly definition?: SetDefinition;
  /** The newest push that has arrived. */
  readonly seen: number;
  /** How many grant entries have arrived in all. */
  readonly seenGrants: number;
  /** When how much of the granted units had been started. */
  readonly used: readonly UsageRow[];
  /**
   * How long after the moment of each row of `used` the last of the calls that it adds had been answered, and so had
   * arrived; `null` where not all have been. Left out where none has. Unit: milliseconds, below 0 for before.
   */
  readonly answered?: readonly (number | null)[];
  /** Units taken that the process may not have had the time to start. */
  readonly starting: readonly number[];
  /** Granted units in all that were not started, and will not be. */
  readonly returned: readonly number[];
  /** Started units in all that turned out not to be needed, of limits that give such back. */
  readonly refunded: readonly number[];
  /** When what of that had been started, in the order of the totals. What is left out counts as used. */
  readonly refunds: readonly RefundRow[];
  /** Units in all used beyond what was granted, of limits that charge such. */
  readonly excess: readonly number[];
  /** Permits in use. */
  readonly inUse: readonly number[];
  /** The most permits that the client will have in use before it hears from the limiter again. */
  readonly keep: readonly number[];
  /** How long an acquisition holds its permits of late; 0 if none has ended yet. */
  readonly holdingMs: number;
  /** What waits, in the order in which it will be served. */
  readonly demand: readonly DemandRow[];
  /** Units and permits that would be good to have beyond that, if no request waits for them. */
  readonly ahead: readonly number[];
  /** Whether an answer is wanted even if nothing has changed. */
  readonly reply: boolean;
  /** What was observed of the provider, once something was. */
  readonly feedback?: Feedback;
  /** Whether this client has said its last: it uses nothing more of what it was granted. */
  readonly ends?: boolean;
}

/**
 * How the limiter stands to a client: `granted`, all is well; `lost`, it was silent for longer than its lease;
 * `redefined`, it must take over the definition sent along; `conflict`, its definition differs under the same version;
 * `refused`, its messages cannot be understood; `full`, there is no room for another client, and it may ask again later.
 */
export type PushStatus = 'granted' | 'lost' | 'redefined' | 'conflict' | 'refused' | 'full';

/** A client's whole lease. */
export interface Push {
  readonly wire: typeof WIRE_VERSION;
  readonly client: string;
  /** Grows with each push to this client; the highest counts. */
  readonly seq: number;
  /** The newest sync that has arrived. */
  readonly ack: number;
  /** When that sync was read. */
  readonly ackAt: number;
  /** When this push was written. */
  readonly now: number;
  readonly status: PushStatus;
  /** Why a client is refused, or has to wait until there is room. */
  readonly detail?: string;
  /** With `full`: after how long it may ask again. Unit: milliseconds. */
  readonly retryAfterMs?: number;
  /** The running definition, with `redefined` and `conflict`. */
  readonly definition?: SetDefinition;
  /** The fencing token of the lease. */
  readonly fence: number;
  /**
   * The fencing token with which the limiter opened this client's account. Grows when a client that was forgotten before it
   * heard an answer is opened anew: pushes and grants are numbered from 1 then, too. Left out by limiters that do not keep it.
   */
  readonly opened?: number;
  /** Number of the first grant entry in `grants`; entries are numbered from 1. */
  readonly firstGrant: number;
  /** Grant entries that the client has not confirmed, in order. */
  readonly grants: readonly GrantRow[];
  /** The most permits that the client may have in use. */
  readonly levels: readonly number[];
  /** Whether more would have been granted, had the client's permits been able to carry it: it reports half-way then. */
  readonly more: boolean;
  /** What an exchange takes of late, by which the client paces its syncs. Unit: milliseconds. @default 0 */
  readonly lagMs?: number;
  /**
   * The sets of limits, a bit for each limit, of which the client's first request waits for units that are not to be had
   * for long: until then it keeps no permits from those behind it.
   */
  readonly heldUp?: readonly number[];
  /** Left out while all may start. */
  readonly provider?: ProviderNews;
  /** How much the way to the provider is taken to vary, while that is more than the definition says. Unit: milliseconds. */
  readonly guardMs?: number;
  /** Limits of which less counts than is defined, for the errors of waiting requests. Left out while there are none. */
  readonly lowered?: readonly LoweredRow[];
}

/** What a client hears that has no account, or no longer one: it counts whatever else is under way. */
export function rejectionPush(
  client: string,
  ack: number,
  status: PushStatus,
  definition: SetDefinition,
  now: number,
  detail?: string,
): Push {
  return {
    wire: WIRE_VERSION,
    client,
    seq: Number.MAX_SAFE_INTEGER,
    ack,
    ackAt: now,
    now,
    status,
    ...(detail === undefined ? {} : { detail }),
    definition,
    fence: 0,
    firstGrant: 1,
    grants: [],
    levels: [],
    more: false,
  };
}
