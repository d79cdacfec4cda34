import { paceOf } from '../../../src/batch/run/pace';
import { type LimitJSON } from '../../../src/limiter/definition/limits';
import { playBatch, type SimulatedAccount } from '../../support/simulated-batch';

const SEEDS = [1, 2, 3, 4, 5, 6];

/** An account, and what the batch command tells of one with such limits. */
function account(callSeconds: number, limits: Omit<SimulatedAccount, 'callSeconds' | 'set'>): SimulatedAccount {
  const { calls, windowSeconds, permits } = limits;
  const told: LimitJSON[] = [{ kind: 'call', windowSeconds, capacity: calls }];
  if (permits !== undefined) told.push({ kind: 'resource', key: 'connections', capacity: permits });
  const bound = permits === undefined ? 160 : 2 * permits + 4;
  return { ...limits, callSeconds, set: { bound, ...paceOf(told, [], 1) } };
}

/** A set of which the router knows its speed alone. */
function withoutWindows({ set: { windows: _windows, ...set }, ...rest }: SimulatedAccount): SimulatedAccount {
  return { ...rest, set };
}

async function played(accounts: readonly SimulatedAccount[], items: number) {
  const all = await Promise.all(SEEDS.map((seed) => playBatch(accounts, items, seed)));
  const mean = (of: (one: (typeof all)[number]) => number): number =>
    all.reduce((sum, one) => sum + of(one), 0) / all.length;
  return {
    done: all.map(({ done }) => done),
    longest: Math.max(...all.map(({ seconds }) => seconds)),
    seconds: mean(({ seconds }) => seconds),
    messages: mean(({ groups, recalls }) => groups + recalls),
  };
}

const windowed = (calls: number, windowSeconds: number) => account(0.1, { calls, windowSeconds });
const bounded = (permits: number) => account(2, { calls: 1_000, windowSeconds: 60, permits });

it.each([
  ['three sets whose windows do not begin together', [67, 67, 67].map((calls) => windowed(calls, 10)), 1_200, 54],
  ['sets with unlike windows', [windowed(30, 10), windowed(300, 60)], 300, 4],
  ['sets with unlike permits, told to be alike fast', [bounded(20), bounded(5)], 300, 32],
])('evens out the last items of %s', async (_what, accounts, items, longest) => {
  const known = await played(accounts, items);
  const bySpeed = await played(accounts.map(withoutWindows), items);
  expect([...known.done, ...bySpeed.done]).toEqual([...SEEDS, ...SEEDS].map(() => items));
  expect(known.longest).toBeLessThan(longest);
  expect(known.seconds).toBeLessThan(bySpeed.seconds);
  expect(known.messages).toBeLessThan(bySpeed.messages);
});
