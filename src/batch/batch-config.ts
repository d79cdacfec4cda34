import { type LoadedConfig, loadConfig } from './config';

/** What the activities request: `ItemUsage` has the same keys. */
const RATE_KEYS = ['input_tokens', 'output_tokens'];

/** {@link loadConfig}, for activities that count tokens: a rate limit of another key would never be requested. */
export function loadBatchConfig(file: string): Promise<LoadedConfig> {
  return loadConfig(file, { rateKeys: RATE_KEYS });
}
