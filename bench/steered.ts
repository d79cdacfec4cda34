/**
 * What an operator's changes do to a fleet that is saturated: 8 processes share 500 calls per 5 s; an operator turns them
 * down to 100 for 30 s, a deploy of another version comes in between, and later the operator pauses the set. Tells the most
 * calls in any window from one window and 2 s after the reply on, when the full rate was back after the end, and how long
 * after the pause's reply the last call started.
 *
 *   npx tsx bench/steered.ts [file for the results]
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LimitsAdmin } from '../src/client/admin/limits-admin';
import { systemClock } from '../src/client/link/system-clock';
import { CallLimit, LimitSet } from '../src/index';
import { ClientProcesses } from './load/client-processes';
import { report } from './support/report';
import { startTemporal } from './support/temporal';

const PROCESSES = 8;
const WINDOW_MS = 5_000;
const [USUAL, LOWERED] = [500, 100];
const LOWERED_FOR_MS = 30_000;
/** What the fleet is given before and after each step. */
const STEP_MS = 12_000;
/** From when on after the reply all windows hold the lower capacity, and by when the old one is back. */
const [KEPT_AFTER_MS, BACK_WITHIN_MS, PAUSED_WITHIN_MS] = [WINDOW_MS + 2_000, 2_000, 1_500];

async function main(path?: string): Promise<void> {
  const temporal = await startTemporal();
  const { address, namespace } = temporal.server;
  const name = `steered-${randomUUID()}`;
  const limits = [new CallLimit({ capacity: USUAL, windowSeconds: WINDOW_MS / 1_000 })];
  const fleet = await ClientProcesses.start(
    Array.from({ length: PROCESSES }, () => ({
      ...{ address, namespace, set: { name, limits }, atOnce: 20, holdMs: 5, clients: 1 },
    })),
  );
  const client = temporal.newClient();
  const steered = new LimitsAdmin({ client }).set(name);
  await sleep(STEP_MS);
  const { after } = await steered.setCapacity({ call_count: LOWERED }, { for: LOWERED_FOR_MS, reason: 'bench' });
  const loweredAt = systemClock.now();
  await sleep(LOWERED_FOR_MS / 2);
  // a deploy: the same limits, as a newer version
  const deployed = new LimitSet({ name, mode: 'temporal', version: 2, limits, client });
  await deployed.tryAcquire({});
  await sleep(LOWERED_FOR_MS / 2 + STEP_MS);
  await steered.pause({ reason: 'bench' });
  const pausedAt = systemClock.now();
  await sleep(STEP_MS / 2);
  const starts = (await fleet.ask()).acquisitions.map(([, from]) => from).sort((a, b) => a - b);
  await deployed.close();
  await fleet.stop();
  await temporal.stop();

  // by the limiter's clock, which began to count before the reply came
  const endsAt = after.capacity['call_count']?.until ?? Infinity;
  const within = (from: number, to: number): number => starts.filter((at) => at >= from && at < to).length;
  const low = starts.filter((at) => at >= loweredAt + KEPT_AFTER_MS && at < endsAt);
  const most = Math.max(...low.map((at) => within(at, Math.min(at + WINDOW_MS, endsAt))));
  const back = starts.find((at) => at >= endsAt && within(at, at + WINDOW_MS) > USUAL / 2) ?? Infinity;
  const late = (starts.at(-1) ?? 0) - pausedAt;
  const rows: (readonly [string, string, string, boolean])[] = [
    ['most calls in a window while lowered', String(most), `${LOWERED}`, most <= LOWERED],
    ['the old rate is back after, s', ((back - endsAt) / 1_000).toFixed(2), '2', back - endsAt <= BACK_WITHIN_MS],
    [
      'most calls in a window afterwards',
      String(mostIn(starts, endsAt)),
      String(USUAL),
      mostIn(starts, endsAt) <= USUAL,
    ],
    ['last start after the pause, s', (late / 1_000).toFixed(2), '1.5', late <= PAUSED_WITHIN_MS],
  ];
  report(
    'steered',
    [
      {
        title: `${PROCESSES} saturated processes, ${USUAL} calls per 5 s, turned down to ${LOWERED} for 30 s, then paused`,
        columns: ['', 'measured', 'at most', 'kept'],
        rows: rows.map(([what, measured, bound, isKept]) => [what, measured, bound, isKept ? 'yes' : 'NO']),
      },
    ],
    { loweredAt, endsAt, pausedAt, starts: starts.length },
    path,
  );
  if (rows.some(([, , , isKept]) => !isKept)) process.exitCode = 1;
}

function mostIn(starts: readonly number[], from: number): number {
  const later = starts.filter((at) => at >= from);
  return Math.max(...later.map((at) => later.filter((other) => other >= at && other < at + WINDOW_MS).length));
}

void main(process.argv[2]).then(() => process.exit());
