import { Connection } from '@temporalio/client';
import { type ClientConnectConfig } from '@temporalio/envconfig';
import { environmentConfig } from '../../client/link/environment';
import { TargetError } from '../errors/errors';
import { type TemporalTarget } from './temporal-target';

/** Longer than a server takes that is there. Unit: milliseconds. */
const CONNECT_MS = 5_000;
/** Of a transport's error, what a reader can use; the rest is addresses and stacks. */
const REASON = /\b(?:E[A-Z]{4,}|UNAUTHENTICATED|PERMISSION_DENIED|Name resolution failed)\b/;

/** A server and a namespace, with what a connection there takes. */
export interface TargetPlace {
  readonly address: string;
  readonly namespace: string;
  readonly options: ClientConnectConfig['connectionOptions'] & { readonly address: string };
}

/**
 * Where a target is: as it says, and otherwise as the environment does. What is empty counts as left out, as a variable does.
 *
 * @throws {TargetError} if what the environment says cannot be used
 */
export function placeOfTarget(target: TemporalTarget): TargetPlace {
  const { connectionOptions, namespace: configured } = readEnvironment();
  const address = target.address || connectionOptions.address || 'localhost:7233';
  const namespace = target.namespace || configured || 'default';
  return { address, namespace, options: { ...connectionOptions, address } };
}

/** @throws {TargetError} if what the environment says of Temporal cannot be used */
export function readEnvironment(): ClientConnectConfig {
  try {
    return environmentConfig();
  } catch (error) {
    const file = process.env['TEMPORAL_CONFIG_FILE'] || 'temporal.toml';
    const { message, line } = error as Error & { readonly line?: number };
    // below the first line are lines of the file, which may hold a key
    const [reason = ''] = message.split('\n');
    const where = line === undefined ? file : `line ${line} of ${file}`;
    throw new TargetError(`the environment does not say where Temporal is: ${reason}; correct ${where}, or TEMPORAL_*`);
  }
}

/**
 * Connects, or fails with what `refused` makes of ` at <address> (<reason>)`.
 *
 * @throws {TargetError} if the server does not answer
 */
export async function connectAt(
  { address, options }: TargetPlace,
  refused: (where: string) => TargetError,
): Promise<Connection> {
  return Connection.connect({ ...options, interceptors: [], connectTimeout: CONNECT_MS }).catch((error: unknown) => {
    throw refused(whereOf(address, error));
  });
}

/** ` at <address>`, and the reason of an error, if it has one that tells something. */
export function whereOf(address: string, error: unknown): string {
  const reason = REASON.exec(error instanceof Error ? `${error.message} ${String(error.cause)}` : '')?.[0];
  return ` at ${address}${reason === undefined ? '' : ` (${reason})`}`;
}
