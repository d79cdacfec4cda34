/**
 * What it costs a saturated fleet to be watched: 4 processes call a provider as fast as they can, below their limit, while
 * ten watchers look at the set every 2 s, or nobody does, by turns. Tells the share of the throughput that is left while
 * they look, and the history that is written. A set at rest is watched as well, beside one that is not. A share of one percent
 * shows only on a machine that does nothing else.
 *
 *   npx tsx bench/watched.ts [file for the results]
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client } from '@temporalio/client';
import { LimitsAdmin } from '../src/client/admin/limits-admin';
import { CallLimit, LimiterUnavailableError, LimitSet } from '../src/index';
import { LIMITER_WORKFLOW, limiterId } from '../src/workflows/limiter/protocol';
import { timeOf } from '../test/support/history-event';
import { ClientProcesses } from './load/client-processes';
import { report } from './support/report';
import { spread } from './support/rounds';
import { startTemporal } from './support/temporal';

const PROCESSES = 4;
const [WATCHERS, EVERY_MS] = [10, 2_000];
/** Each is one turn that is watched and one that is not. */
const PAIRS = 16;
const TURN_MS = 4_000;
const [WARM_UP_MS, SETTLE_MS] = [8_000, 500];
const REST_MS = 10_000;
/** What is promised: of the throughput, and of the history of a set at rest. */
const [SHARE_AT_LEAST, EVENTS_AT_MOST] = [0.99, 0];

const limits = [new CallLimit({ capacity: 1_000_000, windowSeconds: 5 })];

/** One turn: when, by the machine's clock, and how many acquisitions a second. */
interface Turn {
  readonly isWatched: boolean;
  readonly from: number;
  readonly to: number;
  readonly perSecond: number;
}

async function main(path?: string): Promise<void> {
  const temporal = await startTemporal();
  const { address, namespace } = temporal.server;
  const client = temporal.newClient();
  const name = `watched-${randomUUID()}`;
  const fleet = await ClientProcesses.start(
    Array.from({ length: PROCESSES }, () => ({
      ...{ address, namespace, set: { name, limits }, atOnce: 20, holdMs: 20, clients: 1 },
    })),
  );
  await sleep(WARM_UP_MS);
  const turns: Turn[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    // which one is first changes, so that neither is always the later one
    for (const isWatched of [pair % 2 === 0, pair % 2 !== 0]) {
      const stop = isWatched ? watch(client, name) : undefined;
      turns.push({ isWatched, ...(await oneTurn(fleet)) });
      await stop?.();
    }
  }
  await fleet.stop();
  const written = await eventTimes(client, name);
  const added = await addedAtRest(client);
  await temporal.stop();

  const share = spread(sharesOf(turns));
  const [isCheap, isSilent] = [share.median >= SHARE_AT_LEAST, added <= EVENTS_AT_MOST];
  const range = `${share.median.toFixed(3)} (${share.low.toFixed(3)}–${share.high.toFixed(3)})`;
  report(
    'watched',
    [
      {
        title: `${PROCESSES} saturated processes, ${PAIRS} pairs of turns of ${TURN_MS / 1_000} s`,
        columns: ['', 'acquisitions a second', 'history events a second'],
        rows: [
          ['nobody looks', ...rates(turns, false, written)],
          [`${WATCHERS} look every ${EVERY_MS / 1_000} s`, ...rates(turns, true, written)],
        ],
      },
      {
        title: 'What watching costs',
        columns: ['', 'measured', 'promised', ''],
        rows: [
          ['share of the throughput, quartiles', range, `at least ${SHARE_AT_LEAST}`, isCheap ? 'PASS' : 'FAIL'],
          ['events of a set at rest', String(added), `at most ${EVENTS_AT_MOST}`, isSilent ? 'PASS' : 'FAIL'],
        ],
      },
    ],
    { turns, added },
    path,
  );
  if (!isCheap || !isSilent) process.exitCode = 1;
}

async function oneTurn(fleet: ClientProcesses): Promise<Omit<Turn, 'isWatched'>> {
  await sleep(SETTLE_MS);
  await fleet.ask();
  const [from, begun] = [Date.now(), performance.now()];
  await sleep(TURN_MS);
  const { acquisitions } = await fleet.ask();
  return { from, to: Date.now(), perSecond: (1_000 * acquisitions.length) / (performance.now() - begun) };
}

/** Of each pair, what is left of the throughput while they look. */
function sharesOf(turns: readonly Turn[]): readonly number[] {
  const perSecond = (isWatched: boolean): readonly number[] =>
    turns.filter((turn) => turn.isWatched === isWatched).map((turn) => turn.perSecond);
  const alone = perSecond(false);
  return perSecond(true).map((watched, pair) => watched / (alone[pair] ?? NaN));
}

/** Acquisitions and history events a second, the medians of the turns. */
function rates(turns: readonly Turn[], isWatched: boolean, written: readonly number[]): readonly string[] {
  const own = turns.filter((turn) => turn.isWatched === isWatched);
  const events = own.map(
    ({ from, to }) => (1_000 * written.filter((at) => at >= from && at < to).length) / (to - from),
  );
  return [own.map(({ perSecond }) => perSecond), events].map((each) => spread(each).median.toFixed(0));
}

/** Has all of them look, one shortly after the other, until it is called. */
function watch(client: Client, name: string): () => Promise<void> {
  const end = new AbortController();
  const watched = new LimitsAdmin({ client }).set(name);
  const look = async (delayMs: number): Promise<void> => {
    await sleep(delayMs, undefined, { signal: end.signal });
    for (;;) {
      // a server that has too much to do refuses a look now and then
      await watched.inspect().catch((error: unknown) => {
        if (!(error instanceof LimiterUnavailableError)) throw error;
      });
      await sleep(EVERY_MS, undefined, { signal: end.signal });
    }
  };
  const all = Array.from({ length: WATCHERS }, (_, i) =>
    look((i * EVERY_MS) / WATCHERS).catch((error: unknown) => {
      if (!end.signal.aborted) throw error;
    }),
  );
  return async () => {
    end.abort();
    await Promise.all(all);
  };
}

/** How many events more a watched set has than one that is used in the same way and not watched. */
async function addedAtRest(client: Client): Promise<number> {
  const names = ['one', 'other'].map((each) => `rest-${each}-${randomUUID()}`) as [string, string];
  const sets = names.map((name) => new LimitSet({ name, mode: 'temporal', limits, client }));
  for (const set of sets) await set.use({}, () => sleep(1));
  await sleep(REST_MS / 2);
  const lengths = async (): Promise<readonly number[]> =>
    Promise.all(names.map(async (name) => (await eventTimes(client, name)).length));
  const [before, stop] = [await lengths(), watch(client, names[0])];
  await sleep(REST_MS);
  await stop();
  const grown = (await lengths()).map((length, i) => length - (before[i] ?? 0)) as [number, number];
  await Promise.all(sets.map((set) => set.close()));
  return grown[0] - grown[1];
}

/** When each event of each run of a limiter was written. */
async function eventTimes(client: Client, name: string): Promise<readonly number[]> {
  const times: number[] = [];
  const query = `WorkflowType = '${LIMITER_WORKFLOW}' AND WorkflowId = '${limiterId(name)}'`;
  for await (const { runId } of client.workflow.list({ query })) {
    const { events } = await client.workflow.getHandle(limiterId(name), runId).fetchHistory();
    times.push(...(events ?? []).map(timeOf));
  }
  return times;
}

void main(process.argv[2]).then(() => process.exit());
