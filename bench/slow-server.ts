/**
 * A new limiter on a server that takes its time, as where the server's database is in another zone: clients in several
 * processes begin together, and share 500 calls per 5 s and 20 permits. Tells how many acquisitions they got, when the
 * first of them got its first, by how many calls any window was over the limit, and what it cost the limiter. Against the
 * server at TEMPORAL_ADDRESS, such as one of scripts/real-server; without one, a dev server of its own.
 *
 *   TEMPORAL_ADDRESS=127.0.0.1:7233 npx tsx bench/slow-server.ts --clients 32 --seconds 40
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { numericOptions } from '../scripts/support/command-line';
import { systemClock } from '../src/client/link/system-clock';
import { CallLimit, ResourceLimit } from '../src/index';
import { limiterId } from '../src/workflows/limiter/protocol';
import { mostAtOnce } from '../test/support/occupancy';
import { ClientProcesses } from './load/client-processes';
import { type Seen } from './load/clients';
import { type Written, writtenSince } from './load/limiter-runs';
import { faultsOf, spread } from './load/minute';
import { StrictWindow } from './quota/strict-window';
import { report } from './support/report';
import { startTemporal } from './support/temporal';

const DEFAULTS = { clients: 32, seconds: 40, processes: 4, 'at-once': 4, hold: 50 };
const { clients, seconds, processes, 'at-once': atOnce, hold: holdMs } = numericOptions(DEFAULTS);

const CALLS = { capacity: 500, windowSeconds: 5 };
const PERMITS = 20;

async function main(): Promise<void> {
  const temporal = await startTemporal();
  const { address, namespace } = temporal.server;
  const name = `slow-server-${randomUUID()}`;
  const limits = [new CallLimit(CALLS), new ResourceLimit({ key: 'permits', capacity: PERMITS })];
  const since = new Date();
  const fleet = await ClientProcesses.start(
    Array.from({ length: processes }, (_, i) => ({
      ...{ address, namespace, set: { name, limits }, atOnce, holdMs },
      clients: Math.floor((clients + i) / processes),
    })),
  );
  const begun = systemClock.now();
  await sleep(1_000 * seconds);
  const seen = await fleet.ask();
  await fleet.stop();
  const connection = await Connection.connect({ address });
  const written = await writtenSince(new Client({ connection, namespace }), limiterId(name), since);
  await connection.close();
  await temporal.stop();
  show(seen, written, begun);
}

function show(seen: Seen, written: Written, begun: number): void {
  const acquisitions = seen.acquisitions.toSorted(([, a], [, b]) => a - b);
  const calls = new StrictWindow(CALLS.capacity, 1_000 * CALLS.windowSeconds);
  for (const [, from] of acquisitions) calls.arrive(from);
  const permitsOver = Math.max(0, mostAtOnce(acquisitions.map(([, from, to]) => [from, to])) - PERMITS);
  const firstMs = acquisitions[0] === undefined ? Infinity : acquisitions[0][1] - begun;
  const figures = {
    acquisitions: String(acquisitions.length),
    'first grant after, s': (firstMs / 1_000).toFixed(2),
    'calls, permits over': `${calls.refused}, ${permitsOver}`,
    'tasks timed out, failed': `${written.timeouts}, ${written.failures}`,
    'tasks; wait, take p50 / p99, ms': `${written.taskMs.length}; ${spread(written.waitMs, 0.5, 0.99)}, ${spread(written.taskMs, 0.5, 0.99)}`,
    'signals; p50 / p99, ms': `${written.signals}; ${spread(seen.syncMs, 0.5, 0.99)}`,
    pushes: String(written.pushes),
    faults: faultsOf(seen),
  };
  const title = `${clients} clients, each wanting ${atOnce} permits at once and holding them ${holdMs} ms, for ${seconds} s`;
  report('slow-server', [{ title, columns: Object.keys(figures), rows: [Object.values(figures)] }], {
    figures,
    written,
  });
  if (calls.refused > 0 || permitsOver > 0 || acquisitions.length === 0) process.exitCode = 1;
}

void main().then(() => process.exit());
