import type { Backend, BackendOptions, Mode } from './backend';
import { MemoryBackend } from './memory-backend';
import { createTemporalBackend } from './temporal-backend';

/** The backends by mode. */
export const backends: Readonly<Record<Mode, (options: BackendOptions) => Backend>> = {
  memory: ({ name, definition, clock }) => new MemoryBackend(name, definition, clock),
  temporal: createTemporalBackend,
};
