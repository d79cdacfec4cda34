import { setTimeout as sleep } from 'node:timers/promises';

import { type GuardedProcess, startGuarded } from './guarded-process';
import { freePort, listensAt } from './port';
import { findTemporal, type TemporalSource } from './find-temporal';
import { TemporalServerStartError } from './dev-server-errors';

/** How a Temporal dev server is started. */
export interface DevServerOptions {
  /**
   * File that keeps the server's state, so that it outlives the server's process, also one that is killed; a machine that
   * loses power may lose it. @default none: in memory, gone with the server
   */
  readonly dbFilename?: string;
  /** Server settings by dynamic config key, over those that suit one shard. */
  readonly dynamicConfig?: Readonly<Record<string, number | boolean | string>>;
  /** Port of its gRPC frontend, as for a server that is started again. @default one that is free */
  readonly port?: number;
  /** Namespace to create and use. @default TEMPORAL_NAMESPACE, or 'default' */
  readonly namespace?: string;
  /** Where the server comes from. @default what `findTemporal` finds */
  readonly source?: TemporalSource;
}

/** A Temporal server to connect to. */
export interface DevServer {
  /** `host:port` of its gRPC frontend. */
  readonly address: string;
  readonly namespace: string;
  /** Resolves when the server has ended, for whatever reason. Never for one that ran before (`TEMPORAL_ADDRESS`). */
  readonly ended: Promise<void>;
  /** Ends the server, unless it ran before (`TEMPORAL_ADDRESS`). Doing so twice is harmless. */
  stop(): Promise<void>;
}

/**
 * Settings that suit a server with one shard and one user. Its defaults are per shard or per host of a cluster with
 * many: 20 queue reads a second per shard make any workflow task or activity after a short burst wait up to 50 ms, the
 * request limits protect other tenants, of whom there are none, and a workflow to which more than 100 events happen during
 * one of its tasks has that task taken away and its history replayed, which stops a busy batch for seconds.
 */
const DEV_SERVER_CONFIG: Readonly<Record<string, number>> = {
  'history.transferProcessorMaxPollRPS': 1_000,
  'history.timerProcessorMaxPollRPS': 1_000,
  'history.rps': 20_000,
  'matching.rps': 20_000,
  'frontend.rps': 20_000,
  'frontend.namespaceRPS': 20_000,
  'history.maximumBufferedEventsBatch': 2_000,
};

/** With the file in step with the disk at each transaction the server takes a tenth of the calls. */
const FILE_PRAGMAS = ['journal_mode=wal', 'synchronous=off'];

const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 20;

/** A server listens at some eight ports. Each was free when it was chosen, and may be another process's a moment later. */
const STARTS = 5;
const PORT_TAKEN = /address already in use|Only one usage of each socket address/;

/**
 * Gives a Temporal server on the loopback interface that ends with this process, whichever way that ends. With
 * `TEMPORAL_ADDRESS` set it starts nothing, and the server at that address is the answer.
 *
 * @throws {@link TemporalServerNotFoundError} if there is no server to start.
 * @throws {@link TemporalServerStartError} if it ended, or did not answer within a minute.
 */
export async function startDevServer(options: DevServerOptions = {}): Promise<DevServer> {
  const source = options.source ?? (await findTemporal());
  const namespace = options.namespace ?? (process.env['TEMPORAL_NAMESPACE'] || 'default');
  if (source.kind === 'address') {
    return { address: source.address, namespace, ended: new Promise(() => undefined), stop: async () => undefined };
  }

  for (let starts = 1; ; starts++) {
    const port = options.port ?? (await freePort());
    const address = `127.0.0.1:${port}`;
    const server = startGuarded(source.path, serverArguments(port, namespace, options));
    try {
      await untilReady(server, source.path, { port, address, namespace });
      return { address, namespace, ended: server.ended.then(() => undefined), stop: () => server.stop() };
    } catch (error) {
      await server.stop();
      if (starts === STARTS || !isOfChosenPort(error, options.port)) throw error;
    }
  }
}

/** Whether a port was taken that another start may find free: not the one that was asked for. */
function isOfChosenPort(error: unknown, asked: number | undefined): boolean {
  if (!(error instanceof TemporalServerStartError)) return false;
  return PORT_TAKEN.test(error.output) && !error.output.includes(`127.0.0.1:${asked}:`);
}

function serverArguments(port: number, namespace: string, options: DevServerOptions): string[] {
  const config = { ...DEV_SERVER_CONFIG, ...options.dynamicConfig };
  const pragmas = FILE_PRAGMAS.flatMap((pragma) => ['--sqlite-pragma', pragma]);
  return [
    ...['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port), '--namespace', namespace],
    ...['--log-level', 'error'],
    ...(options.dbFilename === undefined ? [] : ['--db-filename', options.dbFilename, ...pragmas]),
    ...Object.entries(config).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${JSON.stringify(value)}`]),
  ];
}

/** Where a server is expected. */
interface Expected {
  readonly port: number;
  readonly address: string;
  readonly namespace: string;
}

/** An open port is not enough: until the namespace is known, the first call of a client would fail. */
async function untilReady(server: GuardedProcess, executable: string, { port, address, namespace }: Expected) {
  let output: string | undefined;
  void server.ended.then((text) => (output = text));
  const deadline = Date.now() + READY_TIMEOUT_MS;
  const until = async (isSo: () => Promise<boolean>): Promise<void> => {
    while (!(await isSo())) {
      if (output !== undefined) throw new TemporalServerStartError(executable, 'ended at its start', output.trim());
      if (Date.now() > deadline) throw new TemporalServerStartError(executable, 'did not answer within a minute', '');
      await sleep(READY_POLL_MS);
    }
  };
  await until(() => listensAt(port));
  // loaded while the server starts
  const { Connection } = await import('@temporalio/client');
  const connection = Connection.lazy({
    address,
    interceptors: [],
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 200 },
  });
  const knowsNamespace = (): Promise<boolean> =>
    connection
      .withDeadline(Date.now() + 1_000, () => connection.workflowService.describeNamespace({ namespace }))
      .then(
        () => true,
        () => false,
      );
  try {
    await until(knowsNamespace);
  } finally {
    await connection.close();
  }
}
