/**
 * How long a pool of accounts of unequal speed takes for calls that come all at once, beside the shortest possible time:
 * in one process, and through a Temporal server of its own as two clients, each with a pool of its own. There the first call
 * waits until its limiter has been started; the time is that from the first call on. Unit: seconds.
 *
 *   npx tsx bench/pool.ts [file for the results]
 */
import { systemClock } from '../src/client/link/system-clock';
import type { Client } from '@temporalio/client';
import { CallLimit, LimitPool, LimitSet } from '../src/index';
import { report } from './support/report';
import { startTemporal } from './support/temporal';
import { ACCOUNTS, CALLS } from './support/unequal-accounts';

const BALANCERS = ['RoundRobin', 'LeastWait', 'Random'] as const;

/** When the accounts have let through so many calls that all wait from the beginning on. Unit: seconds. */
function idealSeconds(): number {
  const done = (seconds: number): number =>
    ACCOUNTS.reduce(
      (sum, { capacity, windowSeconds }) => sum + capacity * (1 + Math.floor(seconds / windowSeconds)),
      0,
    );
  let seconds = 0;
  while (done(seconds) < CALLS) seconds += 1;
  return seconds;
}

/** Until the first call is served, and from then until the last. Unit: seconds. */
interface Took {
  readonly first: number;
  readonly others: number;
}

/** @param clients One for each pool; none for memory mode. */
async function play(loadBalancing: (typeof BALANCERS)[number], clients: readonly Client[]): Promise<Took> {
  const name = `bench ${loadBalancing} ${systemClock.now()}`;
  const poolOf = (client: Client | undefined, workerIndex: number): LimitPool =>
    new LimitPool({
      loadBalancing,
      workerIndex,
      limitSets: ACCOUNTS.map((limit, i) => {
        const shared = client === undefined ? { shared: false } : { mode: 'temporal' as const, client };
        return new LimitSet({ name: `${name} ${i}`, limits: [new CallLimit(limit)], ...shared });
      }),
    });
  const pools = clients.length === 0 ? [poolOf(undefined, 0)] : clients.map(poolOf);
  const servedAt: number[] = [];
  const begun = systemClock.now();
  const call = (pool: LimitPool): Promise<number> => pool.use({}, () => servedAt.push(systemClock.now()));
  const each = CALLS / pools.length;
  await Promise.all(pools.flatMap((pool) => Array.from({ length: each }, () => call(pool))));
  await Promise.all(pools.map((pool) => pool.close()));
  const firstAt = Math.min(...servedAt);
  return { first: (firstAt - begun) / 1_000, others: (Math.max(...servedAt) - firstAt) / 1_000 };
}

async function main(): Promise<void> {
  const ideal = idealSeconds();
  const temporal = await startTemporal();
  const modes: Readonly<Record<string, readonly Client[]>> = {
    'memory mode': [],
    'Temporal mode, 2 clients': [temporal.newClient(), temporal.newClient()],
  };
  const rows: string[][] = [];
  const numbers: object[] = [];
  for (const [mode, clients] of Object.entries(modes))
    for (const loadBalancing of BALANCERS) {
      const { first, others } = await play(loadBalancing, clients);
      numbers.push({ mode, loadBalancing, first, others, ideal });
      const longer = `${((100 * others) / ideal - 100).toFixed(1)} %`;
      rows.push([mode, loadBalancing, first.toFixed(1), others.toFixed(1), String(ideal), longer]);
    }
  const title = `${CALLS} calls at once to accounts of 10, 1 and 0.2 calls a second`;
  report(
    'pool',
    [{ title, columns: ['', 'balancer', 'first after', 'the others in', 'ideal', 'longer'], rows }],
    numbers,
    process.argv[2],
  );
  await temporal.stop();
}

void main().then(() => process.exit());
