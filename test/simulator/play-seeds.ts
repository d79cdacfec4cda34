import { readArguments } from '../../simulator/arguments';
import { runSeeds } from '../../simulator/run-seeds';

/** Plays so many seeds from one on; gives what was printed. */
export async function playSeeds(seed: number, seeds: number, hours: number): Promise<string> {
  const lines: string[] = [];
  const { adapt } = readArguments([]);
  await runSeeds({ seed, seeds, hours, trace: false, adapt, print: (line) => lines.push(line) });
  return lines.join('\n');
}
