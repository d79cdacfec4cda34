import { readArguments, type Arguments } from '../../simulator/arguments';
import { playSeeds } from '../../simulator/seeds/play-seeds';
import type { Play } from '../../simulator/simulation/simulate';

/** Plays so many seeds from one on; gives what was printed. */
export async function playAndPrint(seed: number, seeds: number, hours: number, play?: Play): Promise<string> {
  const lines: string[] = [];
  const print = (line: string): void => void lines.push(line);
  const { adapt } = readArguments([]);
  await playSeeds({ seed, seeds, hours, trace: false, adapt, print, ...(play && { play }) });
  return lines.join('\n');
}

/** What a command that was printed asks for. */
export function readCommand(command: string): Arguments {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word!);
  // behind `npm run simulate --`
  return readArguments(words.slice(4));
}

/** Seeds of one test: few enough for a machine that is busy otherwise. */
export const PER_TEST = 100;

/** The first seed of each test, for the seeds between two. */
export function firstSeeds(from: number, to: number): number[] {
  return Array.from({ length: (to - from + 1) / PER_TEST }, (_, i) => from + i * PER_TEST);
}
