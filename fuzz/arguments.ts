import { parseArgs } from 'node:util';
import type { Target } from './target';
import { targets } from './targets/all';

/** How it is used. */
export const USAGE = `npm run fuzz -- [options]

  --seconds N    for how long (default 30)
  --seed N       of the first round of inputs, a whole number (default: another each time)
  --only A,B     only the doors whose names have one of these in them: ${targets.map(({ name }) => name).join(', ')}`;

/** What is asked for. */
export interface Arguments {
  readonly targets: readonly Target[];
  readonly seconds: number;
  readonly seed: number;
}

const DEFAULT_SECONDS = 30;
const LARGEST_SEED = 2 ** 31 - 1;

/** @throws Error that says what is wrong */
export function readArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: { only: { type: 'string' }, seconds: { type: 'string' }, seed: { type: 'string' } },
  });
  const seconds = numberOf('seconds', values.seconds, DEFAULT_SECONDS);
  const seed = numberOf('seed', values.seed, Date.now() % LARGEST_SEED);
  if (seconds === 0) throw new Error('--seconds: expected a number above 0, or nothing is looked at');
  if (!Number.isInteger(seed) || seed > LARGEST_SEED)
    throw new Error(`--seed: expected a whole number up to ${LARGEST_SEED}, got '${String(values.seed)}'`);
  return { targets: values.only === undefined ? targets : chosen(values.only.split(',')), seconds, seed };
}

function chosen(words: readonly string[]): readonly Target[] {
  for (const word of words) {
    if (word.trim() === '' || !targets.some(({ name }) => name.includes(word)))
      throw new Error(`--only: '${word}' is in none of ${targets.map(({ name }) => name).join(', ')}`);
  }
  return targets.filter(({ name }) => words.some((word) => name.includes(word)));
}

function numberOf(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new Error(`--${name}: expected a number from 0, got '${text}'`);
}
