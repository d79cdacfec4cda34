/**
 * A limiter under more than it can take, on a real server: 64 clients in 8 processes, all of which want permits that are
 * scarce, so that each of them has something to say all the time. For each minute it prints what acquisitions and syncs
 * took, how much of the permits was in use and what went wrong; at the end, what the limiter wrote down: how long its
 * workflow tasks took, and for how long it was silent when it continued as new. Fails if more permits were in use than
 * there are, nothing was acquired, or a workflow task or an acquisition failed.
 *
 *   npm run load -- --minutes 10 --clients 64 --at-once 4 --permits 32 --hold 20
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { numericOptions } from '../scripts/support/command-line';
import { CallLimit, ResourceLimit } from '../src/index';
import { limiterId } from '../src/workflows/limiter/protocol';
import { ClientProcesses } from './load/client-processes';
import { type Order } from './load/clients';
import { type Written, writtenSince } from './load/limiter-runs';
import { type Minute, faultsOf, minuteOf, rowOf, spread } from './load/minute';
import { residentSets } from './support/memory';
import { type Finding, report } from './support/report';
import { startTemporal } from './support/temporal';

const DEFAULTS = { minutes: 2, clients: 64, 'at-once': 4, permits: 32, hold: 20 };
const { minutes, clients, 'at-once': atOnce, permits, hold: holdMs } = numericOptions(DEFAULTS);

const NAME = 'load';
const PROCESSES = 8;
const MINUTE_MS = 60_000;
/** Until shares are even; what the processes see meanwhile does not count. */
const WARM_UP_MS = 10_000;

const COLUMNS = [
  ...['minute', 'acquisitions/s', 'wait p50 / p99 / most, ms', 'longest pause, ms', 'permits in use, %'],
  ...['signals/s', 'signal p50 / p99, ms', 'limiter, server, clients, MiB', 'faults'],
];
const LIMITER_COLUMNS = [
  ...['continued as new', 'silent meanwhile p50 / p99 / most, ms', 'messages in / out, /s', 'largest run', 'state'],
  ...['a task waits p50 / p99, ms', 'a task takes p50 / p99 / most, ms', 'failed tasks'],
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
  const processes = await ClientProcesses.start(Array.from({ length: PROCESSES }, () => order));
  await sleep(WARM_UP_MS);
  await processes.ask();
  // retries by itself what a server under load refuses
  const patient = await Connection.connect({ address });
  const client = new Client({ connection: patient, namespace });
  const rows: string[][] = [];
  const minutesSeen: Minute[] = [];
  const measured = new Date();
  for (let minute = 1; minute <= minutes; minute += 1) {
    const begun = performance.now();
    await sleep(MINUTE_MS);
    const seen = await processes.ask();
    const looked = minuteOf(seen, permits, (performance.now() - begun) / 1_000);
    const row = [String(minute), ...rowOf(looked), await memory(), faultsOf(seen)];
    minutesSeen.push(looked);
    rows.push(row);
    console.log(COLUMNS.map((column, i) => `${column}: ${row[i] ?? ''}`).join('; '));
  }
  const seconds = (Date.now() - measured.getTime()) / 1_000;
  await processes.stop();
  const written = await writtenSince(client, limiterId(NAME), measured);
  const title = `${clients} clients, each wanting ${atOnce} of ${permits} permits at once and holding them ${holdMs} ms`;
  const findings: readonly Finding[] = [
    { title, columns: COLUMNS, rows },
    { title: 'their limiter', columns: LIMITER_COLUMNS, rows: [limiterRowOf(written, seconds)] },
  ];
  report('load', findings, { minutes: minutesSeen, written });
  console.log(verdict(minutesSeen, written));
  await patient.close();
  await temporal.stop();
  await rm(folder, { recursive: true });
}

function limiterRowOf(written: Written, seconds: number): string[] {
  // each push is answered by a message, in which its client says what it would otherwise signal
  const [cameIn, wentOut] = [written.signals + written.pushes, written.pushes];
  return [
    String(written.silenceMs.length),
    spread(written.silenceMs),
    `${(cameIn / seconds).toFixed(0)} / ${(wentOut / seconds).toFixed(0)}`,
    `${written.largestEvents} events, ${(written.largestBytes / 1024).toFixed(0)} KiB`,
    `${(written.stateBytes / 1024).toFixed(0)} KiB`,
    spread(written.waitMs, 0.5, 0.99),
    spread(written.taskMs),
    String(written.failures),
  ];
}

/** The figures by which it is judged, in a line; the exit status says whether they are as they should be. */
function verdict(seen: readonly Minute[], written: Written): string {
  const acquisitions = seen.reduce((sum, minute) => sum + minute.acquisitions, 0);
  const failed = seen.reduce((sum, minute) => sum + minute.failedAcquisitions, 0);
  const most = Math.max(...seen.map((minute) => minute.mostInUse));
  const pause = Math.max(...seen.map((minute) => minute.longestPauseMs));
  if (most > permits || failed > 0 || written.failures > 0 || acquisitions === 0) process.exitCode = 1;
  return (
    `${acquisitions.toLocaleString('en')} acquisitions, ${Math.max(0, most - permits)} permits over, ${failed} failed; ` +
    `${written.failures} failed tasks, ${written.silenceMs.length} times continued as new, silent for ${spread(written.silenceMs)} ms ` +
    `(p50 / p99 / most); longest time without a grant ${pause.toFixed(0)} ms`
  );
}

async function memory(): Promise<string> {
  const all = Object.entries(await residentSets(process.pid));
  const sum = (name: RegExp): number =>
    all.filter(([each]) => name.test(each)).reduce((total, [, megabytes]) => total + megabytes, 0);
  return `${sum(/^command$/)}, ${sum(/^Temporal/)}, ${sum(/^command /)}`;
}

void main();
