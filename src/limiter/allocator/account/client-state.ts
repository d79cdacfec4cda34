import { runAt } from '../../protocol/address';
import type { DemandEntry } from '../../protocol/codec';
import type { Sync } from '../../protocol/wire';
import { zeros } from '../../vector/vector';

/** A grant that is not yet settled: units that the client may start within the interval. */
export interface Grant {
  notBefore: number;
  notAfter: number;
  amounts: number[];
  /** Whether it has been written into a push and can no longer change. */
  published: boolean;
}

/**
 * Units of a client that count as started, at the end of their interval, because nothing was heard of them. When it is
 * heard of them after all, they count already: not a second time, and not earlier either.
 */
export interface Lapse {
  /** From when on they could be started. */
  readonly notBefore: number;
  /** As of when the first and the last of them count as started. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** How many nothing has been heard of since, of each limit. */
  unreported: number[];
}

/** Messages between a client and the limiter. */
interface ChannelState {
  /** Where the client hears pushes. */
  queue: string;
  /** The newest sync. */
  seq: number;
  /** When sync `seq` was read. */
  readAt: number;
  /** When anything was heard of the client. */
  lastSeenAt: number;
  /** The newest push. */
  pushSeq: number;
  pushedAt: number;
  /** The newest push that the client has confirmed. */
  seenPush: number;
  /** How often the newest push has been written again. */
  repeats: number;
  /** Whether the client follows an earlier definition: all that it is to hear is to introduce itself anew. */
  outdated: boolean;
  /** Whether the client has something to hear. */
  dirty: boolean;
}

/** Units of a client, by limit: what was granted in all, and its outcome. */
export interface UnitState {
  granted: number[];
  /** Granted units that are known, or must be taken, to have been started or returned. */
  resolved: number[];
  used: number[];
  returned: number[];
  refunded: number[];
  excess: number[];
  /** Units that the client no longer has, although they are not known to have started. */
  starting: number[];
  /** Number of the first of `grants`. */
  firstGrant: number;
  grants: Grant[];
  /** The newest grant that the client has confirmed. */
  seenGrants: number;
  /** How often the life of its grants has been doubled. */
  doublings: number;
  lapses: Lapse[];
}

/** Permits of a client, by limit. */
interface PermitState {
  inUse: number[];
  /** The most that the client is to have in use: the next push says so. */
  cap: number[];
  /** What the client said it would keep until it heard more. */
  kept: number[];
  /** The caps of pushes that the client may have heard and has not confirmed. */
  unseen: { seq: number; cap: number[] }[];
}

/** What a client wants. */
export interface DemandState {
  /** What waits, in the order in which it is to be served. */
  waiting: DemandEntry[];
  /** What would be good to have beyond that, by limit. */
  ahead: number[];
}

/** What the order in which clients are served depends on. */
interface SchedulingState {
  /** How long an acquisition holds its permits of late; 0 if that is unknown. */
  holdingMs: number;
  /** Until when its permits carry what it was granted, at the pace at which they change hands. */
  carriesUntil: number;
  /** Whether it stopped getting units because its permits could not carry more. */
  blockedByPermits: boolean;
  /** The signatures of requests that keep no permits from others, because units for them are not to be had for long. */
  heldUp: number[];
  /** When it was last served, in grants. */
  lastServed: number;
}

/** What the limiter remembers besides of a client that is a workflow run. */
interface RunState {
  /** When it was last asked whether the run is still open. */
  askedAt: number;
  /** The newest push that is known to have reached the run. */
  deliveredPush: number;
  /** Pushes that the run may not have heard when it last wrote, and how many acquisitions they let start. */
  unheard: { seq: number; started: number }[];
}

/** What the limiter remembers of one client; plain JSON, the snapshot of it as it stands. */
export interface ClientState {
  id: string;
  /** Of a process that has said so: its id and host. */
  where?: string;
  /** The fencing token of its lease. */
  fence: number;
  /** The fencing token with which the account was opened; not in snapshots of limiters that did not keep it. */
  opened?: number;
  channel: ChannelState;
  units: UnitState;
  permits: PermitState;
  demand: DemandState;
  scheduling: SchedulingState;
  /** The totals of what it has observed of the provider, once it has: served, throttled, failed. */
  feedback?: readonly number[];
  /** Only of a client that is a workflow run. */
  run?: RunState;
}

/** A client that has just introduced itself. */
export function newClientState(
  { client, queue, inUse, where }: Pick<Sync, 'client' | 'queue' | 'inUse' | 'where'>,
  limits: number,
  fence: number,
  now: number,
): ClientState {
  const isRun = runAt(queue) !== undefined;
  return {
    id: client,
    ...(where !== undefined && { where }),
    fence,
    opened: fence,
    channel: {
      queue,
      seq: 0,
      readAt: now,
      lastSeenAt: now,
      pushSeq: 0,
      pushedAt: isRun ? 0 : now,
      seenPush: 0,
      repeats: 0,
      outdated: false,
      // a run that waits is woken for nothing less than a grant
      dirty: !isRun,
    },
    units: noUnits(limits),
    permits: { inUse: zeros(limits), cap: zeros(limits), kept: [...inUse], unseen: [] },
    demand: { waiting: [], ahead: zeros(limits) },
    scheduling: { holdingMs: 0, carriesUntil: 0, blockedByPermits: false, heldUp: [], lastServed: 0 },
    ...(isRun ? { run: { askedAt: now, deliveredPush: 0, unheard: [] } } : {}),
  };
}

/** The books of a client that was granted nothing. */
export function noUnits(limits: number): UnitState {
  return {
    granted: zeros(limits),
    resolved: zeros(limits),
    used: zeros(limits),
    returned: zeros(limits),
    refunded: zeros(limits),
    excess: zeros(limits),
    starting: zeros(limits),
    firstGrant: 1,
    grants: [],
    seenGrants: 0,
    doublings: 0,
    lapses: [],
  };
}
