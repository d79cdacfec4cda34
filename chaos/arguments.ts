import { parseArgs } from 'node:util';
import { numberOf, oneOf } from '../scripts/support/command-line';
import { type Fault } from './fault';
import { FAULTS } from './faults/faults';

const NAMES = Object.keys(FAULTS);
const DEFAULT_SECONDS = '15';

/** How it is used. */
export const USAGE = `npm run chaos -- [options]

  --only A,B     only these faults: ${NAMES.join(', ')}
  --seconds N    how long items keep coming during each fault (default ${DEFAULT_SECONDS})
  --seed N       of what is left to chance: which process it hits, what the items need (default: another each time)`;

/** What is asked for. */
export interface Arguments {
  readonly faults: readonly Fault[];
  readonly seconds: number;
  readonly seed: number;
}

/** @throws Error that says what is wrong */
export function readArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: NAMES.join(',') },
      seconds: { type: 'string', default: DEFAULT_SECONDS },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    },
  });
  return {
    faults: values.only.split(',').map((word) => oneOf('only', word, FAULTS)),
    seconds: numberOf('seconds', values.seconds),
    seed: numberOf('seed', values.seed),
  };
}
