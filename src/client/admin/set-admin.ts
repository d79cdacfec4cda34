import type { Control } from '../../limiter/control/control';
import type { Inspection, InspectOptions } from '../../limiter/control/inspection';
import type { Why } from '../../limiter/control/why';

/** How a change is made. */
export interface ChangeOptions {
  /** After how long it ends by itself: milliseconds or a text such as `'2h'`. @default it does not */
  readonly for?: number | string;
  /** Why, for whoever looks at it later. At most 200 characters. @default '' */
  readonly reason?: string;
  /** Who does it. At most 100 characters. @default the user's name and host */
  readonly by?: string;
  /** Make the change only if the set is still at this revision. */
  readonly ifRevision?: number;
}

/** What a change has done. */
export interface ChangeResult {
  readonly set: string;
  readonly before: Control;
  readonly after: Control;
  /** The capacity of each limit that counted before and counts now, by key. */
  readonly capacities: Readonly<Record<string, { readonly before: number; readonly after: number }>>;
}

/** Looks at one limit set and steers it, while it runs. */
export interface SetAdmin {
  /** Name of the set. */
  readonly set: string;
  /** Everything there is to see. @throws LimiterUnavailableError, NoLimiterError */
  inspect(options?: InspectOptions): Promise<Inspection>;
  /** Why acquisitions wait: one cause, also if no limiter runs. */
  why(): Promise<Why>;
  /** Has limits count by other capacities than the code says, by key. */
  setCapacity(capacity: Readonly<Record<string, number>>, options?: ChangeOptions): Promise<ChangeResult>;
  /** Has these limits, or all, count by what the code says again. */
  resetCapacity(keys?: readonly string[], options?: Omit<ChangeOptions, 'for'>): Promise<ChangeResult>;
  /** Nothing starts any more; what is at the provider goes on. */
  pause(options?: ChangeOptions): Promise<ChangeResult>;
  /** Ends an operator's pause. */
  resume(options?: Omit<ChangeOptions, 'for'>): Promise<ChangeResult>;
  /** Pauses, and waits until no permit is in use. @throws DrainTimeoutError */
  drain(options?: ChangeOptions & { readonly timeout?: number | string; readonly signal?: AbortSignal }): Promise<Inspection>;
  /** A client is known to have ended: what it had goes to others. */
  forget(client: string, options?: Omit<ChangeOptions, 'for'>): Promise<ChangeResult>;
}

/** Looks at the limit sets of a namespace and steers them. `new LimitsAdmin({ client })`. */
export interface LimitsAdminShape {
  /** The sets whose limiters run, by name. */
  list(): Promise<readonly ListedSet[]>;
  /** One set, whether its limiter runs or not. */
  set(name: string): SetAdmin;
  /** Why a waiting workflow waits: of each set that it waits for. */
  whyWorkflow(workflowId: string): Promise<readonly Why[]>;
}

/** A set whose limiter runs. */
export interface ListedSet {
  readonly set: string;
  readonly state: 'serving' | 'unanswered';
  /** When the limiter's current run began. ISO 8601. */
  readonly runStartedAt: string;
  readonly taskQueue: string;
}
