/**
 * What an acquisition costs in memory mode: acquire, update where there is something to tell, release. Median of rounds
 * after a warm-up. Not measured: waiting, many processes, garbage collection under a large heap.
 */
import { type AlgorithmName, CallLimit, type Limit, LimitSet, RateLimit, ResourceLimit } from '../src/index';

const ROUNDS = 9;
const PER_ROUND = 50_000;
const LARGE = 1e12;

const callAndTwoRates = (algorithm: AlgorithmName): Limit[] => [
  new CallLimit({ windowSeconds: 60, capacity: LARGE, algorithm }),
  new RateLimit({ key: 'input_tokens', windowSeconds: 60, capacity: LARGE, algorithm }),
  new RateLimit({ key: 'output_tokens', windowSeconds: 60, capacity: LARGE, algorithm }),
];

const CASES: readonly (readonly [string, Limit[], Record<string, number> | undefined])[] = [
  ['one resource limit', [new ResourceLimit({ key: 'connections', capacity: 10 })], undefined],
  ['one call limit', [new CallLimit({ windowSeconds: 60, capacity: LARGE })], undefined],
  ...(['TokenBucket', 'SlidingWindow', 'GCRA', 'FixedWindow', 'LeakyBucket'] as const).map(
    (algorithm) =>
      [`call + 2 rates, ${algorithm}`, callAndTwoRates(algorithm), { input_tokens: 10, output_tokens: 5 }] as const,
  ),
];

async function round(set: LimitSet, requested: Record<string, number> | undefined): Promise<number> {
  const begun = performance.now();
  for (let i = 0; i < PER_ROUND; i += 1) {
    const slot = await set.acquire({ requested });
    if (requested !== undefined) slot.update({ usage: requested });
    await slot.release();
  }
  return ((performance.now() - begun) * 1000) / PER_ROUND;
}

async function main(): Promise<void> {
  const rows: Record<string, { 'µs per acquisition': number; slowest: number }> = {};
  for (const [name, limits, requested] of CASES) {
    const set = new LimitSet({ limits });
    await round(set, requested);
    const times: number[] = [];
    for (let i = 0; i < ROUNDS; i += 1) times.push(await round(set, requested));
    times.sort((a, b) => a - b);
    rows[name] = {
      'µs per acquisition': Number((times[ROUNDS >> 1] ?? NaN).toFixed(2)),
      slowest: Number((times.at(-1) ?? NaN).toFixed(2)),
    };
  }
  console.table(rows);
}

void main();
