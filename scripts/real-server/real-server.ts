import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port';
import { composedServer } from './compose';
import { Part } from './part';
import { DATABASE_USER, newPostgres, roundTripMs } from './postgres';
import { findTemporal, run, type TemporalPrograms } from './programs';
import { registerNamespace } from './register-namespace';
import { openSlowWay } from './slow-way';

/** How a production server is started. */
export interface RealServerOptions {
  /** Round trip between the server and its database, added to each statement. Unit: milliseconds. @default 0 */
  readonly databaseDelayMs?: number;
  /** Port of its gRPC frontend. @default one that is free */
  readonly port?: number;
}

/** A production server to connect to. */
export interface RealServer {
  /** `host:port` of its gRPC frontend. */
  readonly address: string;
  readonly namespace: string;
  /** What a statement takes from the server to its database and back. Unit: milliseconds, the median. */
  readonly databaseRoundTripMs: number;
  /** The server itself, and its database: each can be taken away for a time. */
  readonly temporal: Part;
  readonly database: Part;
  readonly stop: () => Promise<void>;
}

const NAMESPACE = 'default';
/** Databases by the folder of their schema. */
const DATABASES = { temporal: 'temporal', visibility: 'temporal_visibility' } as const;
const SERVICES = ['FRONTEND', 'MATCHING', 'HISTORY', 'WORKER'] as const;

/**
 * Starts PostgreSQL and a production Temporal server as plain processes on the loopback interface, configured as
 * docker-compose.yml has them. Both end with this process, whichever way that ends.
 *
 * @throws Error that says what is missing and how to get it, or what did not start
 */
export async function startRealServer({ databaseDelayMs = 0, port }: RealServerOptions = {}): Promise<RealServer> {
  const composed = composedServer();
  const programs = await findTemporal(composed.version);
  const folder = await mkdtemp(join(tmpdir(), 'temporal-limits-real-server-'));
  const started: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (let end = started.pop(); end !== undefined; end = started.pop()) await end();
  };
  try {
    const databasePort = await freePort();
    const database = await newPostgres(folder, databasePort);
    started.push(() => database.stop());
    await database.start();
    await setUpSchema(programs, composed.sqlPlugin, databasePort);
    const way = await openSlowWay(databasePort, databaseDelayMs);
    started.push(() => way.close());
    const databaseRoundTripMs = await roundTripMs(way.port);
    const frontendPort = port ?? (await freePort());
    const dynamicConfig = join(folder, 'dynamic-config.yaml');
    await writeFile(dynamicConfig, composed.dynamicConfig);
    const environment = {
      ...composed.environment,
      ...(await portsOf(frontendPort)),
      ...{ POSTGRES_SEEDS: '127.0.0.1', POSTGRES_USER: DATABASE_USER, POSTGRES_PWD: 'unused' },
      // the second is the port of the database for visibility
      ...{ DB_PORT: String(way.port), POSTGRES_PORT: String(way.port) },
      ...{ BIND_ON_IP: '127.0.0.1', DYNAMIC_CONFIG_FILE_PATH: dynamicConfig, LOG_LEVEL: 'error' },
    };
    const address = `127.0.0.1:${frontendPort}`;
    const pidFile = join(folder, 'server.pid');
    const temporal = new Part({
      name: 'Temporal',
      command: serverCommand(programs, environment, pidFile),
      ask: () => registerNamespace(address, NAMESPACE),
      ...{ pidFile, crashSignal: 'SIGKILL' },
    });
    started.push(() => temporal.stop());
    await temporal.start();
    return { address, namespace: NAMESPACE, databaseRoundTripMs, temporal, database, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Creates both databases as the `schema` service of docker-compose.yml does; without a delay, as it is not measured. */
async function setUpSchema({ sqlTool, sources }: TemporalPrograms, plugin: string, port: number): Promise<void> {
  const connection = ['--endpoint', '127.0.0.1', '--port', String(port), '--user', DATABASE_USER, '--plugin', plugin];
  for (const [schema, database] of Object.entries(DATABASES)) {
    const versions = join(sources, 'schema/postgresql/v12', schema, 'versioned');
    const steps = [['create'], ['setup-schema', '-v', '0.0'], ['update-schema', '-d', versions]];
    for (const step of steps) await run(sqlTool, [...connection, '--database', database, ...step]);
  }
}

/** The image's own template of a configuration, filled in from the environment. */
function serverCommand(
  { server, sources }: TemporalPrograms,
  environment: Readonly<Record<string, string>>,
  pidFile: string,
): [string, ...string[]] {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const options = ['--root', sources, '--config', 'config', '--env', 'docker', '--allow-no-auth', 'start'];
  // its log goes to where a reason is looked for
  const script = 'echo $$ >"$0"; exec env "$@" >&2';
  return ['sh', '-c', script, pidFile, ...variables, server, ...options];
}

async function portsOf(frontendPort: number): Promise<Record<string, string>> {
  const ports: Record<string, string> = {};
  for (const service of SERVICES) {
    ports[`${service}_GRPC_PORT`] = String(service === 'FRONTEND' ? frontendPort : await freePort());
    ports[`${service}_MEMBERSHIP_PORT`] = String(await freePort());
  }
  return { ...ports, FRONTEND_HTTP_PORT: String(await freePort()), TEMPORAL_BROADCAST_ADDRESS: '127.0.0.1' };
}
