import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';

/**
 * Where Temporal is, as the environment and `temporal.toml` say. A variable that is set but empty counts as unset, as where
 * a container's settings pass on what nobody has given: a namespace without a name would let everything wait for ever.
 */
export function environmentConfig(): ClientConnectConfig {
  const entries = Object.entries(process.env).flatMap(([name, value]) => (value ? [[name, value] as const] : []));
  return loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(entries) });
}
