import type { Client } from '@temporalio/client';

import type { SetDefinition } from '../limiter/definition';
import type { Backend } from './backend';
import type { Clock } from '../acquire/clock';
import { MemoryBackend } from './memory-backend';
import { createTemporalBackend } from './temporal-backend';

/** Where a set's limits are kept: in this process, or by a limiter workflow for every process that names the set. */
export type Mode = 'memory' | 'temporal';

/** What becomes of acquisitions while Temporal cannot be reached: they wait, or they go ahead unlimited. */
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

/** The backends by mode. */
export const backends: Readonly<Record<Mode, (options: BackendOptions) => Backend>> = {
  memory: ({ name, definition, clock }) => new MemoryBackend(name, definition.limits, clock),
  temporal: createTemporalBackend,
};
