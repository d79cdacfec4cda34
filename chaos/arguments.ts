import { oneOf, readTrial, type Trial } from '../scripts/support/command-line';
import { type Fault } from './fault';
import { FAULTS } from './faults/faults';

const NAMES = Object.keys(FAULTS);
const DEFAULT_SECONDS = 15;

/** How it is used. */
export const USAGE = `npm run chaos -- [options]

  --only A,B     only these faults: ${NAMES.join(', ')}
  --seconds N    how long items keep coming during each fault (default ${DEFAULT_SECONDS})
  --seed N       of what is left to chance: which process it hits, what the items need (default: another each time)`;

/** What is asked for. */
export interface Arguments extends Pick<Trial, 'seconds' | 'seed'> {
  readonly faults: readonly Fault[];
}

/** @throws Error that says what is wrong */
export function readArguments(args: readonly string[]): Arguments {
  const { only = NAMES, ...trial } = readTrial(args, DEFAULT_SECONDS);
  return { ...trial, faults: only.map((word) => oneOf('only', word, FAULTS)) };
}
