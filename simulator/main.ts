import { commandLine } from '../scripts/support/command-line';
import { readArguments, USAGE } from './arguments';
import { measureGrowth } from './loads/growth';
import { measureLoads } from './loads/measure-loads';
import { huntMutants } from './mutants/hunt';
import { keepSeeds } from './mutants/known-seeds';
import { playSeeds } from './seeds/play-seeds';

/** `npm run simulate`: its last line gives the figures, its exit status says whether all held. */
async function main(): Promise<void> {
  const asked = commandLine(readArguments, USAGE);
  const print = (line: string): void => {
    console.log(line);
  };
  if (asked.mutants) {
    const hunted = await huntMutants(print);
    keepSeeds(hunted);
    if (hunted.some(({ caught }) => caught === undefined)) process.exitCode = 1;
    return;
  }
  if (asked.loads) {
    const measured = await measureLoads(print);
    if (measured.some(({ excess, acquisitions }) => excess > 0 || acquisitions === 0)) process.exitCode = 1;
    return;
  }
  if (asked.growth) {
    if (!(await measureGrowth(print))) process.exitCode = 1;
    return;
  }
  const { violations } = await playSeeds({ ...asked, print });
  if (violations > 0) process.exitCode = 1;
}

void main();
