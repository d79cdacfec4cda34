/**
 * A limiter under more than it can take, on a real server: 64 clients in 8 processes, all of which want permits that are
 * scarce, so that each of them has something to say all the time. For each minute it prints what acquisitions and syncs
 * took, how much of the permits was in use, what the limiter wrote down, and what went wrong. Fails if more permits were
 * in use than there are, or a workflow task or an acquisition failed.
 *
 *   npx tsx bench/load.ts --minutes 10 --clients 64 --at-once 4 --permits 32 --hold 20
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { CallLimit, ResourceLimit } from '../src/index';
import { limiterId } from '../src/workflows/limiter-id';
import { mostAtOnce } from '../test/support/occupancy';
import { type Order, type Seen } from './load/clients';
import { type Written, writtenSince } from './load/limiter-runs';
import { residentSets } from './support/memory';
import { type Finding, report } from './support/report';
import { quantile } from './support/rounds';
import { startTemporal } from './support/temporal';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    clients: { type: 'string', default: '64' },
    'at-once': { type: 'string', default: '4' },
    permits: { type: 'string', default: '32' },
    hold: { type: 'string', default: '20' },
  },
});
const [minutes, clients, atOnce, permits, holdMs] = [
  values.minutes,
  values.clients,
  values['at-once'],
  values.permits,
  values.hold,
].map(Number) as [number, number, number, number, number];

const NAME = 'load';
const PROCESSES = 8;
const MINUTE_MS = 60_000;
/** Until all processes are there; what they see meanwhile does not count. */
const WARM_UP_MS = 10_000;

const COLUMNS = [
  ...[
    'minute',
    'acquisitions/s',
    'wait p50 / p99 / most, ms',
    'longest pause, ms',
    'permits in use, %',
    'syncs/s',
    'sync p50 / p99, ms',
  ],
  ...['continued as new', 'largest run', 'state', 'task waits p50 / p99, ms', 'task takes p50 / p99 / most, ms'],
  ...['limiter, server, clients, MiB', 'faults'],
];

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'temporal-limits-load-'));
  const temporal = await startTemporal({ dbFilename: join(folder, 'temporal.db') });
  const { address, namespace } = temporal.server;
  const limits = [
    new CallLimit({ windowSeconds: 60, capacity: 1_000_000 }),
    new ResourceLimit({ key: 'permits', capacity: permits }),
  ];
  const order: Order = {
    ...{ address, namespace, set: { name: NAME, limits }, atOnce, holdMs },
    clients: Math.ceil(clients / PROCESSES),
  };
  const children = Array.from({ length: PROCESSES }, () =>
    fork(require.resolve('./load/clients'), [JSON.stringify(order)], { execArgv: ['--import', 'tsx'] }),
  );
  await sleep(WARM_UP_MS);
  await askAll(children);
  // retries by itself what a server under load refuses
  const patient = await Connection.connect({ address });
  const client = new Client({ connection: patient, namespace });
  const rows: string[][] = [];
  for (let minute = 1; minute <= minutes; minute += 1) {
    const since = new Date();
    const begun = performance.now();
    await sleep(MINUTE_MS);
    const seen = await askAll(children);
    const seconds = (performance.now() - begun) / 1_000;
    const row = [String(minute), ...rowOf(seen, seconds, await writtenSince(client, limiterId(NAME), since))];
    row.splice(-1, 0, await memory());
    rows.push(row);
    console.log(COLUMNS.map((column, i) => `${column}: ${row[i] ?? ''}`).join('; '));
  }
  for (const child of children) child.disconnect();
  await Promise.all(children.map((child) => once(child, 'exit')));
  const title = `${clients} clients, each wanting ${atOnce} of ${permits} permits at once and holding them ${holdMs} ms`;
  const finding: Finding = { title, columns: COLUMNS, rows };
  report('load', [finding], rows);
  await patient.close();
  await temporal.stop();
  await rm(folder, { recursive: true });
}

/** What all the clients have seen since they were asked last. */
async function askAll(children: readonly ChildProcess[]): Promise<Seen> {
  const all = await Promise.all(
    children.map(async (child) => {
      child.send('tell');
      const [seen] = (await once(child, 'message')) as [Seen];
      return seen;
    }),
  );
  const faults: Record<string, number> = {};
  for (const [what, times] of all.flatMap((seen) => Object.entries(seen.faults))) {
    faults[what] = (faults[what] ?? 0) + times;
  }
  return {
    acquisitions: all.flatMap((seen) => seen.acquisitions),
    syncMs: all.flatMap((seen) => seen.syncMs),
    faults,
  };
}

function rowOf({ acquisitions, syncMs, faults }: Seen, seconds: number, written: Written): string[] {
  const held = acquisitions.map(([, from, to]): [number, number] => [from, to]);
  const waits = acquisitions.map(([asked, from]) => from - asked);
  const most = mostAtOnce(held);
  const inUse = held.reduce((sum, [from, to]) => sum + to - from, 0) / (permits * seconds * 1_000);
  const isBad =
    most > permits || written.failures > 0 || Object.keys(faults).some((what) => what.startsWith('Acquire'));
  if (isBad) process.exitCode = 1;
  return [
    (acquisitions.length / seconds).toFixed(0),
    spread(waits, 0.5, 0.99, 1),
    longestPause(held.map(([from]) => from)).toFixed(0),
    `${(100 * inUse).toFixed(0)}, most ${most}`,
    (syncMs.length / seconds).toFixed(0),
    spread(syncMs),
    String(written.runs),
    `${written.largestEvents} events, ${(written.largestBytes / 1024).toFixed(0)} KiB`,
    `${(written.snapshotBytes / 1024).toFixed(0)} KiB`,
    spread(written.waitMs),
    spread(written.taskMs, 0.5, 0.99, 1),
    `${Object.entries(faults)
      .map(([what, times]) => `${times} × ${what}`)
      .join(', ')}${written.failures > 0 ? ` ${written.failures} failed tasks` : ''}`,
  ];
}

/** For how long nobody was granted anything. */
function longestPause(grantedAt: readonly number[]): number {
  const sorted = grantedAt.toSorted((a, b) => a - b);
  return sorted.reduce((longest, at, i) => Math.max(longest, at - (sorted[i - 1] ?? at)), 0);
}

function spread(times: readonly number[], ...shares: number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  return (shares.length > 0 ? shares : [0.5, 0.99]).map((share) => quantile(sorted, share).toFixed(0)).join(' / ');
}

async function memory(): Promise<string> {
  const all = Object.entries(await residentSets(process.pid));
  const sum = (name: RegExp): number =>
    all.filter(([each]) => name.test(each)).reduce((total, [, megabytes]) => total + megabytes, 0);
  return `${sum(/^command$/)}, ${sum(/^Temporal/)}, ${sum(/^command /)}`;
}

void main();
