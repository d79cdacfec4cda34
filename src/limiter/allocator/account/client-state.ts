import { runAt } from '../../protocol/address';
import type { DemandEntry, Sync } from '../../protocol/wire';

/** A grant that is not yet settled: units that the client may start within the interval. */
interface Grant {
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
  untold: number[];
}

/** What the limiter remembers besides of a client that is a workflow run. */
interface RunState {
  /** When it was last asked whether the run is still open. */
  askedAt: number;
  /** The newest push that is known to have reached the run. */
  deliveredPush: number;
  /** Pushes that the run may not have heard when it last wrote: number, how many acquisitions they let start. */
  unheard: [seq: number, started: number][];
}

/** What the limiter remembers of one client; plain JSON, the snapshot of it as it stands. */
export interface ClientState {
  id: string;
  queue: string;
  seq: number;
  lastSeenAt: number;
  /** When sync `seq` was read. */
  readAt: number;
  fence: number;
  /** Number of the first of `grants`. */
  firstGrant: number;
  grants: Grant[];
  seenGrants: number;
  /** How often the life of its grants has been doubled, if ever. */
  doublings?: number;
  /** Units that count as started because nothing was heard of them, if ever. */
  lapses?: Lapse[];
  used: number[];
  returned: number[];
  refunded: number[];
  excess: number[];
  granted: number[];
  /** Granted units that are known, or must be taken, to have been started or returned. */
  resolved: number[];
  /** Units that the client no longer has, although they are not known to have started. */
  starting: number[];
  inUse: number[];
  /** The permits that the client is to have: the next push tells it. */
  permitCap: number[];
  /** The permits that the client said it would keep until it heard more. */
  kept: number[];
  /** Pushes that the client may have heard and has not confirmed: number, levels. */
  unseen: [seq: number, ...levels: number[]][];
  holdingMs: number;
  demand: DemandEntry[];
  ahead: number[];
  pushSeq: number;
  pushedAt: number;
  seenPush: number;
  /** How often the newest push has been written again. */
  repeats: number;
  /** Whether it follows an earlier definition: all that it is to hear is to introduce itself anew. */
  outdated: boolean;
  /** Whether the client has something to hear. */
  dirty: boolean;
  /** Whether it stopped getting units because its permits could not carry more. */
  blockedByPermits: boolean;
  /** Until when its permits carry what it was granted, at the pace at which they change hands. */
  carriesUntil: number;
  /** When it was last served, in grants. */
  lastServed: number;
  /** Only of a client that is a workflow run. */
  run?: RunState;
}

/** A client that has just introduced itself. */
export function newClientState(sync: Sync, limits: number, fence: number, now: number): ClientState {
  const isRun = runAt(sync.queue) !== undefined;
  const zeros = (): number[] => new Array<number>(limits).fill(0);
  return {
    id: sync.client,
    queue: sync.queue,
    seq: 0,
    lastSeenAt: now,
    readAt: now,
    fence,
    firstGrant: 1,
    grants: [],
    seenGrants: 0,
    used: zeros(),
    returned: zeros(),
    refunded: zeros(),
    excess: zeros(),
    granted: zeros(),
    resolved: zeros(),
    starting: zeros(),
    inUse: zeros(),
    permitCap: zeros(),
    kept: [...sync.inUse],
    unseen: [],
    holdingMs: 0,
    demand: [],
    ahead: zeros(),
    pushSeq: 0,
    pushedAt: isRun ? 0 : now,
    seenPush: 0,
    repeats: 0,
    outdated: false,
    // a run that waits is woken for nothing less than a grant
    dirty: !isRun,
    blockedByPermits: false,
    carriesUntil: 0,
    lastServed: 0,
    ...(isRun ? { run: { askedAt: now, deliveredPush: 0, unheard: [] } } : {}),
  };
}
