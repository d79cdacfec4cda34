import type { Client } from '@temporalio/client';
import type { SetDefinition } from '../../limiter/definition/definition';
import type { ChangeOutcome, ChangeRequest } from '../../limiter/control/change';
import type { Inspection } from '../../limiter/control/inspection';
import type { CapacitySource, Clock, Suspended } from '../../acquire/ports';
import type { ProviderStats } from '../../limiter/feedback/provider-record';
import type { LimitStats } from '../../limiter/ledger/ledger';

/**
 * Where a set's limits are kept: in this process, or in a limiter workflow for all processes that use the set's name.
 */
export type Mode = 'memory' | 'temporal';

/** What acquisitions do while Temporal cannot be reached: wait, or go ahead unlimited. */
export type OnUnavailable = 'wait' | 'open';

/** What a backend is made from. */
export interface BackendOptions {
  readonly name: string;
  readonly definition: SetDefinition;
  readonly onUnavailable: OnUnavailable;
  /** The connection; `undefined` for one from the environment. */
  readonly client: Client | undefined;
  readonly clock: Clock;
}

/** What {@link Backend.stats} tells. */
export interface BackendStats {
  readonly limits: Readonly<Record<string, LimitStats>>;
  /** Acquisitions that wait, in every process that shares the set. */
  readonly waiting: number;
  /** Once something was observed. */
  readonly provider?: ProviderStats;
}

/** What is to be seen and changed of limits that this process keeps itself. */
export interface SelfKept {
  inspect(): Omit<Inspection, 'set'>;
  /** @throws InvalidChangeError */
  change(request: ChangeRequest): ChangeOutcome;
}

/** Where the capacity of a process's limit set comes from: the process (memory mode) or a limiter workflow (Temporal mode). */
export interface Backend extends CapacitySource {
  stats(): Promise<BackendStats>;
  /** Only where the limits are kept here. */
  readonly selfKept?: SelfKept;
  /** Puts newer limits into force, here and now. Not where a limiter decides which are in force. */
  redefine?(definition: SetDefinition): void;
  /**
   * What the limiter enforces now; nothing if none runs. Only where a limiter decides.
   *
   * @throws LimiterUnavailableError if it does not answer
   */
  runningDefinition?(): Promise<SetDefinition | undefined>;
  /** Why waiting requests get nothing, or less than is defined. Undefined if others simply hold the capacity. */
  readonly obstacle: string | undefined;
  /** What the first of those that wait lacks, if it is only that there is no room. */
  readonly lack: string | undefined;
  /** Why nothing starts for the provider's sake, if so. Only where a limiter decides. */
  readonly suspension?: Suspended | undefined;
  /** Whether nothing is held here, no request waits here, and closing it would forget nothing. */
  readonly isIdle: boolean;
  /** Gives back at once what is held but not in use, as when the process is about to rest. */
  yield(): Promise<void>;
  /** Gives everything back at once and fails what waits. Idempotent. */
  close(): Promise<void>;
}
