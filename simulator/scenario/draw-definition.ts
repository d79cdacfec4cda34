import type { AlgorithmName } from '../../src/limiter/algorithms/algorithm';
import type { LimitDefinition, SetDefinition, WindowDefinition } from '../../src/limiter/definition/definition';
import { pick, spread } from '../world/random';

const ALGORITHMS: readonly AlgorithmName[] = ['SlidingWindow', 'FixedWindow', 'TokenBucket', 'LeakyBucket', 'GCRA'];

type Random = () => number;

/** A limit set as a user might define it, every algorithm and combination equally likely. */
export function drawDefinition(random: Random): SetDefinition {
  const limits = [drawCalls, drawInput, drawOutput, drawConnections, drawGpus]
    .map((draw) => draw(random))
    .filter(() => random() < 0.55);
  return {
    version: 1,
    limits: limits.length > 0 ? limits : [random() < 0.5 ? drawCalls(random) : drawConnections(random)],
    timing: {
      leaseMs: pick(random, [2_000, 5_000, 10_000, 30_000]),
      horizonMs: pick(random, [200, 500, 500, 1_000]),
      guardMs: pick(random, [20, 50, 50, 100]),
    },
  };
}

/**
 * The same for a provider that charges what a call turns out to use above its request, or with one more limit that counts
 * what others count, too, each kind with a weight of its own.
 */
export function withUnits(set: SetDefinition, random: Random): SetDefinition {
  const isCharged = random() < 0.3;
  const isCounted = random() < 0.3;
  const total: WindowDefinition = {
    ...drawRate(random),
    key: 'total',
    capacity: Math.round(spread(random, 50, 5_000)),
    counts: [
      ['input', pick(random, [1, 1, 0.25])],
      ['output', pick(random, [1, 5, 40])],
    ],
  };
  const limits = isCounted ? [...set.limits, total] : set.limits;
  return { ...set, limits: isCharged ? limits.map(charged) : limits };
}

/** The same with limits that find out what they allow, or go by what the provider says that they do. */
export function withFeedback(set: SetDefinition, random: Random): SetDefinition {
  if (random() < 0.5) return set;
  const limits = set.limits.map((limit): LimitDefinition => {
    const chance = random();
    if (chance < 0.4) return adaptive(limit, random);
    return chance < 0.7 && limit.kind !== 'resource' ? { ...limit, follow: true } : limit;
  });
  return { ...set, limits };
}

function adaptive(limit: LimitDefinition, random: Random): LimitDefinition {
  const { capacity } = limit;
  const min = Math.max(Math.min(1, capacity), Math.floor(capacity * spread(random, 0.2, 1)));
  return { ...limit, adaptive: { min, max: Math.ceil(capacity * spread(random, 1, 3)) } };
}

function charged(limit: LimitDefinition): LimitDefinition {
  return limit.kind === 'rate' ? { ...limit, overage: 'charge' } : limit;
}

/** What the set may become while it is used: other capacities, windows, algorithms; limits that come and go. */
export function drawNewer({ version, limits, timing }: SetDefinition, random: Random): SetDefinition {
  const kept = limits.filter(() => random() < 0.8).map((limit) => (random() < 0.5 ? limit : redraw(limit, random)));
  const added = [drawCalls, drawOutput, drawConnections]
    .filter(() => random() < 0.2)
    .map((draw) => draw(random))
    .filter(({ key }) => !kept.some((limit) => limit.key === key));
  const all = [...kept, ...added];
  return { version: version + 1, limits: all.length > 0 ? all : limits, timing };
}

function redraw(limit: LimitDefinition, random: Random): LimitDefinition {
  const capacity = Math.max(1, Math.round(limit.capacity * spread(random, 0.3, 3)));
  if (limit.kind === 'resource') return rangedAnew({ ...limit, capacity }, random);
  const algorithm = random() < 0.3 ? pick(random, ALGORITHMS) : limit.algorithm;
  const windowMs = random() < 0.3 ? drawWindowMs(random) : limit.windowMs;
  // what the provider has named before may be too little for what is requested from now on
  const { follow: _follow, ...rest } = limit;
  return rangedAnew({ ...rest, capacity, algorithm, windowMs }, random);
}

function rangedAnew(limit: LimitDefinition, random: Random): LimitDefinition {
  return limit.adaptive === undefined ? limit : adaptive(limit, random);
}

function drawCalls(random: Random): WindowDefinition {
  return {
    kind: 'call',
    key: 'calls',
    capacity: Math.round(spread(random, 3, 200)),
    windowMs: drawWindowMs(random),
    algorithm: pick(random, ALGORITHMS),
    overage: 'reject',
  };
}

function drawRate(random: Random): WindowDefinition {
  return {
    ...drawCalls(random),
    kind: 'rate',
    ...pick(random, [{}, { unused: 'returned' }, { unused: 'kept' }] as const),
  };
}

function drawInput(random: Random): LimitDefinition {
  return { ...drawRate(random), key: 'input', capacity: Math.round(spread(random, 100, 100_000)) };
}

function drawOutput(random: Random): LimitDefinition {
  return { ...drawRate(random), key: 'output', capacity: spread(random, 2, 20) };
}

function drawConnections(random: Random): LimitDefinition {
  return { kind: 'resource', key: 'connections', capacity: Math.round(spread(random, 1, 30)) };
}

function drawGpus(random: Random): LimitDefinition {
  return { kind: 'resource', key: 'gpus', capacity: pick(random, [1, 1, 2, 3]) };
}

function drawWindowMs(random: Random): number {
  return pick(random, [500, 1_000, 1_000, 2_000, 5_000, 20_000]);
}
