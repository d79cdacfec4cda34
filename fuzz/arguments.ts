import { readTrial, type Trial } from '../scripts/support/command-line';
import type { Target } from './target';
import { targets } from './targets/all';

const NAMES = targets.map(({ name }) => name).join(', ');
const DEFAULT_SECONDS = 30;

/** How it is used. */
export const USAGE = `npm run fuzz -- [options]

  --only A,B     only the targets whose names have one of these in them: ${NAMES}
  --seconds N    for how long; each gets input once, however short that is (default ${DEFAULT_SECONDS})
  --seed N       of the first round of inputs (default: another each time)`;

/** What is asked for. */
export interface Arguments extends Pick<Trial, 'seconds' | 'seed'> {
  readonly targets: readonly Target[];
}

/** @throws Error that says what is wrong */
export function readArguments(args: readonly string[]): Arguments {
  const { only, ...trial } = readTrial(args, DEFAULT_SECONDS);
  return { ...trial, targets: only === undefined ? targets : chosen(only) };
}

function chosen(words: readonly string[]): readonly Target[] {
  for (const word of words) {
    if (word.trim() === '' || !targets.some(({ name }) => name.includes(word)))
      throw new Error(`--only: '${word}' is in none of ${NAMES}`);
  }
  return targets.filter(({ name }) => words.some((word) => name.includes(word)));
}
