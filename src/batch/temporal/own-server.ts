import { setTimeout as sleep } from 'node:timers/promises';
import { startDevServer, type DevServer } from '../../client/dev-server/dev-server';
import { listensAt } from '../../client/dev-server/port';
import { TargetError } from '../errors/errors';

/** The one of an earlier run ends by itself when its command has ended. Unit: milliseconds. */
const FORMER_MS = 10_000;
const LOOK_EVERY_MS = 100;
const TRY_AGAIN_MS = 1_000;

/** Where a batch's own server keeps its state, and where it was before. */
export interface OwnServerOptions {
  readonly database: string;
  readonly port?: number | undefined;
}

/**
 * Starts a Temporal server of the batch's own, which finds in its file what an earlier one has left there. When it is
 * killed another one takes its place: limits and items are in the file.
 *
 * @throws {TargetError} if the earlier one, or another process, still listens at its port
 */
export async function startOwnServer({ database, port }: OwnServerOptions): Promise<DevServer> {
  if (port !== undefined) await untilFree(port);
  const start = (at?: number): Promise<DevServer> =>
    startDevServer({ dbFilename: database, ...(at !== undefined && { port: at }) });
  let server = await start(port);
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  const stopped = keepUp();
  return { address: server.address, namespace: server.namespace, ended: stopped, stop };

  async function keepUp(): Promise<void> {
    for (;;) {
      await server.ended;
      if (isStopping()) return;
      // the port is not free yet, or the machine is too busy; others report that the server is away
      server = await start(portOf(server)).catch(async () => {
        await sleep(TRY_AGAIN_MS, undefined, { ref: false });
        return server;
      });
      if (isStopping()) await server.stop();
    }
  }

  async function stop(): Promise<void> {
    stopping.abort();
    await server.stop();
  }
}

export function portOf({ address }: Pick<DevServer, 'address'>): number {
  return Number(address.slice(address.lastIndexOf(':') + 1));
}

async function untilFree(port: number): Promise<void> {
  const deadline = Date.now() + FORMER_MS;
  while (await listensAt(port)) {
    if (Date.now() > deadline) {
      throw new TargetError(
        `port ${port}, of the batch's own Temporal server, is still in use: stop what listens there`,
      );
    }
    await sleep(LOOK_EVERY_MS);
  }
}
