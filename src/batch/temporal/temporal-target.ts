import { type BatchConfig } from '../config/config';

/** Which Temporal server a process uses. What is left out comes from the environment, as `@temporalio/envconfig` reads it. */
export interface TemporalTarget {
  readonly address?: string;
  readonly namespace?: string;
}

/** The server of the config, else that of the environment, else none: then one is to be started. */
export function targetOf({ temporal }: BatchConfig, env = process.env): TemporalTarget | undefined {
  if (temporal !== undefined) return temporal;
  return env['TEMPORAL_ADDRESS'] ? {} : undefined;
}
