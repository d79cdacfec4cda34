/**
 * Gives hostile input to every target in this package for as long as wanted, and prints what broke a promise.
 *
 *   npm run fuzz -- --seconds 60 --seed 7 --only snapshots
 */
import { commandLine } from '../scripts/support/command-line';
import { readArguments, USAGE, type Arguments } from './arguments';
import { runTarget } from './run-target';

const INPUTS_PER_ROUND = 100;

/** Resolves with how many targets are broken. */
async function fuzz({ targets, seconds, seed }: Arguments): Promise<number> {
  const begun = performance.now();
  const isOver = (): boolean => performance.now() >= begun + seconds * 1_000;
  const failed = new Set<string>();
  let inputs = 0;
  for (let round = 0; !isOver() && failed.size < targets.length; round += 1) {
    for (const target of targets) {
      // each once, however short the time is
      if (failed.has(target.name) || (round > 0 && isOver())) continue;
      try {
        inputs += await runTarget(target, seed + round, INPUTS_PER_ROUND);
      } catch (error) {
        failed.add(target.name);
        console.error(`${target.name}, seed ${seed + round}:`, error);
      }
    }
  }
  const took = ((performance.now() - begun) / 1_000).toFixed(1);
  console.log(
    `fuzz: ${inputs} inputs to ${targets.length} targets in ${took} s from seed ${seed}, ${failed.size} broken`,
  );
  return failed.size;
}

void fuzz(commandLine(readArguments, USAGE)).then((broken) => {
  if (broken > 0) process.exitCode = 1;
});
