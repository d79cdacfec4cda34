import type { SetDefinition } from '../../src/limiter/definition/definition';
import { pick, spread, streamOf } from '../world/random';
import { drawDefinition, withFeedback, withUnits } from './draw-definition';
import { FAULT_NAMES, type Scenario } from './scenario';

const HOUR_MS = 3_600_000;

/** The scenario of a seed, for so many hours of the simulated world. */
export function drawScenario(seed: number, hours: number): Scenario {
  const random = streamOf(seed, 'scenario');
  const sets = pick(random, [1, 1, 1, 1, 2, 3]);
  // days at full load would take days: the longer the time, the longer the pauses
  const isLong = hours >= 0.5;
  const isCrowd = streamOf(seed, 'crowd')() < 0.15;
  const processes = Math.round(isCrowd ? spread(random, 8, 30) : spread(random, 1, 8));
  const draw = (i: number): SetDefinition =>
    withUnits(drawDefinition(streamOf(seed, `set ${i}`)), streamOf(seed, `units ${i}`));
  const drawn = Array.from({ length: sets }, (_, i) =>
    withFeedback(isCrowd ? crowded(draw(i), processes) : draw(i), streamOf(seed, `feedback ${i}`)),
  );
  return {
    seed,
    ms: hours * HOUR_MS,
    sets: drawn,
    processes,
    workers: isCrowd ? pick(random, [1, 1, 2]) : Math.round(spread(random, 1, 24 / processes)),
    runsPerMinute: random() < 0.5 ? 0 : Math.round(spread(random, 2, 40)),
    faults: drawFaults(streamOf(seed, 'faults')),
    idleMs: isLong ? HOUR_MS * spread(random, 0.5, 3) : spread(random, 500, 20_000),
    pauseMs: random() < 0.5 ? 0 : spread(random, 20, 5_000),
    holdMs: spread(random, 20, 3_000),
    longHolds: pick(streamOf(seed, 'long holds'), [0, 0.03, 0.03, 0.1]),
    urgentShare: pick(streamOf(seed, 'urgent'), [0, 0.1, 0.1]),
    timeoutShare: pick(random, [0, 0.2, 0.6]),
    transactionMs: drawTransactionMs(drawn, processes, streamOf(seed, 'transactions')),
    turnMs: pick(streamOf(seed, 'turns'), [0, 0, 20, 200]),
    endsAfterMs: pick(streamOf(seed, 'ends'), [600_000, 5_000, 500]),
    unneeded: pick(streamOf(seed, 'unneeded'), ['never counted', 'given back']),
    observes: pick(streamOf(seed, 'observes'), [true, false]),
  };
}

/** As long as a database nearby or far away has it take, but not so long that a lease ends before all have renewed theirs. */
function drawTransactionMs(sets: readonly SetDefinition[], processes: number, random: () => number): number {
  const leaseMs = Math.min(...sets.map(({ timing }) => timing.leaseMs));
  return Math.min(pick(random, [0, 0, 0, 0, 5, 18, 60]), Math.floor(leaseMs / (8 * processes)));
}

/** The same with fewer permits than processes that want them. */
function crowded(set: SetDefinition, processes: number): SetDefinition {
  return {
    ...set,
    limits: set.limits.map((limit) =>
      limit.kind === 'resource' ? { ...limit, capacity: Math.min(limit.capacity, Math.ceil(processes / 2)) } : limit,
    ),
  };
}

/** None, some, or nearly all. */
function drawFaults(random: () => number): Scenario['faults'] {
  const share = pick(random, [0, 0.15, 0.3, 0.3, 0.6]);
  return FAULT_NAMES.filter(() => random() < share);
}
