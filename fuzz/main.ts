/**
 * Passes hostile input through every door of this package for as long as wanted, and prints what broke a promise.
 *
 *   npm run fuzz -- --seconds 60 --seed 7 --only snapshots
 */
import { parseArgs } from 'node:util';
import { runTarget } from './run-target';
import { targets } from './targets/all';

const RUNS_PER_ROUND = 100;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '30' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      only: { type: 'string', default: '' },
    },
  });
  const firstSeed = Number(values.seed);
  const chosen = targets.filter(({ name }) => name.includes(values.only));
  const begun = performance.now();
  const endsAt = begun + Number(values.seconds) * 1_000;
  const failed = new Set<string>();
  let inputs = 0;
  for (let round = 0; performance.now() < endsAt && failed.size < chosen.length; round += 1) {
    for (const target of chosen) {
      if (failed.has(target.name)) continue;
      try {
        await runTarget(target, firstSeed + round, RUNS_PER_ROUND);
      } catch (error) {
        failed.add(target.name);
        console.error(`${target.name}, seed ${firstSeed + round}:`, error);
      }
      inputs += RUNS_PER_ROUND;
    }
  }
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
  console.log(
    `fuzz: ${inputs} inputs through ${chosen.length} doors in ${seconds} s from seed ${firstSeed}, ${failed.size} broken`,
  );
  if (failed.size > 0) process.exitCode = 1;
}

void main();
