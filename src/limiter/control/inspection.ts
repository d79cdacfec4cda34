import type { ProviderStats } from '../feedback/provider-record';
import type { Control } from './control';

/** Where the current capacity comes from. */
export type CapacityOrigin = 'code' | 'operator' | 'adaptive' | 'provider';

/** One limit, as an inspection shows it. Units per window, or permits. */
export interface InspectedLimit {
  /** Name of the limit. */
  readonly key: string;
  /** Which kind of limit it is. */
  readonly kind: 'call' | 'rate' | 'resource';
  /** For a call or rate limit. */
  readonly algorithm?: string;
  /** For a call or rate limit. Unit: milliseconds. */
  readonly windowMs?: number;
  /** The capacity that the code defines. */
  readonly defined: number;
  /** The capacity that counts now. */
  readonly capacity: number;
  /** Where `capacity` comes from. */
  readonly source: CapacityOrigin;
  /** Units that count as used at the provider, or permits in use. */
  readonly started: number;
  /** Units or permits that were granted to clients and are not known to have started. */
  readonly granted: number;
  /** Units or permits that could be granted now; 0 in debt. */
  readonly free: number;
  /** Units or permits that waiting acquisitions ask for, in total. */
  readonly wanted: number;
}

/** A workflow run. */
export interface WorkflowRun {
  /** Id of the workflow. */
  readonly workflowId: string;
  /** Id of the run. */
  readonly runId: string;
}

/** One client: a process, or a workflow run. */
export interface InspectedClient {
  /** The ID that `forget` takes. */
  readonly id: string;
  /** For a process: its ID and host, such as `4711@worker-3`. */
  readonly where?: string;
  /** For a workflow run. */
  readonly run?: WorkflowRun;
  /** Permits in use, by key. */
  readonly inUse: Readonly<Record<string, number>>;
  /** Waiting acquisitions. */
  readonly waiting: number;
  /** When the oldest of them began to wait. Unit: milliseconds since the Unix epoch. */
  readonly waitingSince?: number;
  /** When it last sent a message. Unit: milliseconds since the Unix epoch. */
  readonly heardAt: number;
  /** When its permits go to others unless it sends a message before. A workflow run keeps its permits. */
  readonly leaseEndsAt?: number;
}

/** The waiting request that is served next. */
export interface NextServed {
  /** ID of its client. */
  readonly client: string;
  /** What it asks for, by key. */
  readonly amounts: Readonly<Record<string, number>>;
  /** Unit: milliseconds since the Unix epoch. */
  readonly waitingSince: number;
  /** Higher priorities go first. */
  readonly priority: number;
  /** The limit that it waits for longest; absent if all have room. */
  readonly bindingLimit?: string;
  /**
   * When all limits are expected to have room for it; absent if that cannot be foreseen. Unit: milliseconds since the
   * epoch.
   */
  readonly expectedAt?: number;
}

/** One minute of the last hour. */
export interface MinuteRecord {
  /** When it began. Unit: milliseconds since the Unix epoch. */
  readonly at: number;
  /** Units used in it, by key. For a resource limit: the most permits in use. */
  readonly used: Readonly<Record<string, number>>;
  /** The most acquisitions that waited at once. */
  readonly waiting: number;
  /** The longest wait in it. Unit: milliseconds. */
  readonly longestWaitMs: number;
  /** Observed refusals by the provider. */
  readonly throttled: number;
}

/** The state of one set at one moment. Plain JSON. */
export interface Inspection {
  /** Name of the set. */
  readonly set: string;
  /** The time of the inspection. Unit: milliseconds since the Unix epoch, on the limiter's clock. */
  readonly at: number;
  /** Version of the definition. */
  readonly version: number;
  /** Its limits, in the order of the definition. */
  readonly limits: readonly InspectedLimit[];
  /** Waiting acquisitions, in all clients. */
  readonly waiting: number;
  /** When the oldest began to wait. Unit: milliseconds since the Unix epoch. */
  readonly waitingSince?: number;
  /** The request that is served next; absent while none waits. */
  readonly next?: NextServed;
  /** About how many clients must ask again later, because the limiter has no room for them. */
  readonly turnedAway: number;
  /** What is known about the provider, once something was observed. */
  readonly provider?: ProviderStats;
  /** What operators have changed. */
  readonly control: Control;
  /** Number of clients. */
  readonly numClients: number;
  /** One page of the clients, those that have waited longest first. */
  readonly clients: readonly InspectedClient[];
  /** Where the next page begins; absent on the last page. */
  readonly nextClient?: number;
  /** The last hour, oldest minute first. Minutes without activity are absent. */
  readonly history: readonly MinuteRecord[];
}

/** How many clients a page has at most: it is to fit into 64 KiB. */
export const MOST_ON_A_PAGE = 100;

/** Selects a page of clients. */
export interface InspectOptions {
  /** The client at which the page begins. @default 0 */
  readonly firstClient?: number;
  /** Number of clients on a page. Range: 0 to 100. @default 20 */
  readonly clients?: number;
}
