import { parseArgs } from 'node:util';
import { numberOf, wholeOf } from '../scripts/support/command-line';
import type { Target } from './target';
import { targets } from './targets/all';

const NAMES = targets.map(({ name }) => name).join(', ');
const DEFAULT_SECONDS = '30';

/** How it is used. */
export const USAGE = `npm run fuzz -- [options]

  --only A,B     only the doors whose names have one of these in them: ${NAMES}
  --seconds N    for how long; each door is passed once, however short that is (default ${DEFAULT_SECONDS})
  --seed N       of the first round of inputs (default: another each time)`;

/** What is asked for. */
export interface Arguments {
  readonly targets: readonly Target[];
  readonly seconds: number;
  readonly seed: number;
}

/** @throws Error that says what is wrong */
export function readArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      seconds: { type: 'string', default: DEFAULT_SECONDS },
      seed: { type: 'string', default: String(1 + (Date.now() % 2 ** 31)) },
    },
  });
  return {
    targets: values.only === undefined ? targets : chosen(values.only.split(',')),
    seconds: numberOf('seconds', values.seconds),
    seed: wholeOf('seed', values.seed),
  };
}

function chosen(words: readonly string[]): readonly Target[] {
  for (const word of words) {
    if (word.trim() === '' || !targets.some(({ name }) => name.includes(word)))
      throw new Error(`--only: '${word}' is in none of ${NAMES}`);
  }
  return targets.filter(({ name }) => words.some((word) => name.includes(word)));
}
