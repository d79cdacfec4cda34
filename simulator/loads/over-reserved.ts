import type { AlgorithmName } from '../../src/limiter/algorithms/algorithm';
import type { LimitDefinition } from '../../src/limiter/definition/definition';
import { Fleet } from '../fleet/fleet';
import { defined, tokens } from '../scenario/definitions';

const WINDOW_MS = 60_000;
/** How long to watch, after the first window. Unit: windows. */
const WINDOWS = 5;

/** Workers that reserve more tokens of a minute's quota than their calls turn out to use. */
export interface OverReserved {
  readonly algorithm: AlgorithmName;
  /** Tokens a minute. */
  readonly capacity: number;
  /** Tokens that a call reserves, and those that it uses. */
  readonly reserved: number;
  readonly used: number;
  /** How long a call takes on average; between half and one and a half times as long. Unit: milliseconds. */
  readonly callMs: number;
  readonly processes: number;
  readonly workersEach: number;
}

/** What became of the quota. */
export interface QuotaUse {
  /** Share that was used, once the first window had passed. A bucket may be left emptier than it was then. */
  readonly share: number;
  /** Share that could be used at most; see {@link possibleShare}. */
  readonly possible: number;
  /** Arrivals that a provider would have refused: it counts what is reserved at the arrival, and what was used at the reply. */
  readonly refused: number;
  /** Messages either way, for each 1,000 calls. */
  readonly messages: number;
}

/**
 * Plays such a fleet. The provider counts a call's reservation in full when it arrives, and what it used when it replies.
 * The same load plays the same.
 */
export async function playOverReserved(load: OverReserved): Promise<QuotaUse> {
  const { algorithm, capacity, reserved, used, callMs, processes, workersEach } = load;
  const limit: LimitDefinition = { ...tokens(capacity, WINDOW_MS), algorithm, unused: 'returned' };
  let refused = 0;
  const watches = [
    { arrived: (_key: string, amount: number, excess: number) => void (refused += isOver(amount, excess)) },
  ];
  const fleet = new Fleet({ seed: 1, clients: processes, definition: defined([limit]), watches });
  const job = () => ({
    requested: { tokens: reserved },
    used: { tokens: used },
    holdMs: callMs * (0.5 + fleet.random()),
  });
  for (const process of fleet.processes) process.work(workersEach, job);
  await fleet.runFor(WINDOW_MS);
  const before = { started: fleet.started, ...fleet.limiter.traffic };
  await fleet.runFor(WINDOWS * WINDOW_MS);
  const calls = fleet.started - before.started;
  const { signals, pushes } = fleet.limiter.traffic;
  return {
    share: (calls * used) / (WINDOWS * capacity),
    possible: possibleShare(load),
    refused,
    messages: Math.round(((signals + pushes - before.signals - before.pushes) * 1_000) / calls),
  };
}

const isOver = (amount: number, excess: number): number => (amount > 0 && excess > 1e-6 ? 1 : 0);

/**
 * The largest share of the quota that an even flow of calls could use, for a limiter that knows everything at once. So many
 * workers make so many calls. In a sliding window a call counts as reserved, not as used, for as long as it takes: a share
 * _x_ leaves room for the calls under way only if _x_ (1 + (call / window) (reserved / used - 1)) is at most 1. A bucket
 * refills meanwhile, and has no such bound as long as the calls under way fit in it.
 */
function possibleShare({ algorithm, capacity, reserved, used, callMs, processes, workersEach }: OverReserved): number {
  const byWorkers = (processes * workersEach * (WINDOW_MS / callMs) * used) / capacity;
  const byWindow = algorithm === 'SlidingWindow' ? 1 / (1 + (callMs / WINDOW_MS) * (reserved / used - 1)) : 1;
  return Math.min(byWorkers, byWindow, 1);
}
