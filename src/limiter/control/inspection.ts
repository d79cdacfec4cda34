import type { ProviderStats } from '../feedback/provider-record';
import type { Control } from './control';

/** Where the capacity that counts at this moment comes from. */
export type CapacityOrigin = 'code' | 'operator' | 'adaptive' | 'provider';

/** One limit, as an inspection shows it. Units per window, or permits. */
export interface InspectedLimit {
  /** Name of the limit. */
  readonly key: string;
  /** Which kind of limit it is. */
  readonly kind: 'call' | 'rate' | 'resource';
  /** Of a call or rate limit. */
  readonly algorithm?: string;
  /** Of a call or rate limit. Unit: milliseconds. */
  readonly windowMs?: number;
  /** What the code defines. */
  readonly defined: number;
  /** What counts at this moment. */
  readonly capacity: number;
  /** Where `capacity` comes from. */
  readonly source: CapacityOrigin;
  /** What counts as used at the provider, or permits in use. */
  readonly started: number;
  /** Units or permits that were granted to clients and are not known to have started. */
  readonly granted: number;
  /** What could be handed out now; 0 in debt. */
  readonly free: number;
  /** What those that wait ask for, in all. */
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
  /** By which `forget` knows it. */
  readonly id: string;
  /** Of a process: its id and host, as in `4711@worker-3`. */
  readonly where?: string;
  /** Of a workflow run. */
  readonly run?: WorkflowRun;
  /** Permits in use, by key. */
  readonly inUse: Readonly<Record<string, number>>;
  /** Acquisitions that wait. */
  readonly waiting: number;
  /** Since when the oldest of them waits. Unit: milliseconds since the Unix epoch. */
  readonly waitingSince?: number;
  /** When anything was heard of it. Unit: milliseconds since the Unix epoch. */
  readonly heardAt: number;
  /** When its permits go to others if nothing is heard of it until then. A workflow run keeps its own. */
  readonly leaseEndsAt?: number;
}

/** Who is served next, of those that wait. */
export interface NextServed {
  /** Id of the client that asks. */
  readonly client: string;
  /** What it asks for, by key. */
  readonly amounts: Readonly<Record<string, number>>;
  /** Unit: milliseconds since the Unix epoch. */
  readonly waitingSince: number;
  /** Higher goes first. */
  readonly priority: number;
  /** The limit that it waits for longest; left out if all have room. */
  readonly bindingLimit?: string;
  /** When all has room for it, as things stand; left out if that cannot be foreseen. Unit: milliseconds since the epoch. */
  readonly expectedAt?: number;
}

/** One minute of the past. */
export interface MinuteRecord {
  /** When it began. Unit: milliseconds since the Unix epoch. */
  readonly at: number;
  /** Units that were used in it, by key. Of a resource limit: the most permits in use. */
  readonly used: Readonly<Record<string, number>>;
  /** The most acquisitions that waited at once. */
  readonly waiting: number;
  /** The longest wait that was going on. Unit: milliseconds. */
  readonly longestWaitMs: number;
  /** Refusals by the provider that were observed. */
  readonly throttled: number;
}

/** Everything there is to see of one set at one moment. Plain JSON. */
export interface Inspection {
  /** Name of the set. */
  readonly set: string;
  /** As of when. Unit: milliseconds since the Unix epoch, on the limiter's clock. */
  readonly at: number;
  /** Version of the definition. */
  readonly version: number;
  /** Its limits, in the order of the definition. */
  readonly limits: readonly InspectedLimit[];
  /** Waiting acquisitions, in all clients. */
  readonly waiting: number;
  /** Since when the oldest waits. Unit: milliseconds since the Unix epoch. */
  readonly waitingSince?: number;
  /** Who is served next; left out while nobody waits. */
  readonly next?: NextServed;
  /** About how many clients were turned away, to ask again, because there is no room for them. */
  readonly turnedAway: number;
  /** What is known of the provider, once something was observed. */
  readonly provider?: ProviderStats;
  /** What operators have changed. */
  readonly control: Control;
  /** Clients in all. */
  readonly numClients: number;
  /** One page of them, those that have waited longest first. */
  readonly clients: readonly InspectedClient[];
  /** Where the next page begins; left out on the last. */
  readonly nextClient?: number;
  /** The last hour, oldest first; minutes without anything are left out. */
  readonly history: readonly MinuteRecord[];
}

/** Which part of a set to look at. */
export interface InspectOptions {
  /** At which client the page begins. @default 0 */
  readonly firstClient?: number;
  /** How many clients a page has. Range: 0 to 100. @default 20 */
  readonly clients?: number;
}
