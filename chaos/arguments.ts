import { parseArgs } from 'node:util';
import { type Fault } from './fault';
import { FAULTS } from './faults/faults';

/** How it is used. */
export const USAGE = `npm run chaos -- [options]

  --only A,B     only these faults: ${Object.keys(FAULTS).join(', ')}
  --seconds N    how long items keep coming during each fault (default 15)
  --seed N       of what is left to chance: which process it hits, what the items need (default: another each time)`;

/** What is asked for. */
export interface Arguments {
  readonly faults: readonly Fault[];
  readonly seconds: number;
  readonly seed: number;
}

const DEFAULT_SECONDS = 15;

/** @throws Error that says what is wrong */
export function readArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: { only: { type: 'string' }, seconds: { type: 'string' }, seed: { type: 'string' } },
  });
  return {
    faults: values.only === undefined ? Object.values(FAULTS) : values.only.split(',').map(faultOf),
    seconds: numberOf('seconds', values.seconds, DEFAULT_SECONDS),
    seed: numberOf('seed', values.seed, Date.now() % 2 ** 31),
  };
}

function faultOf(word: string): Fault {
  const fault = FAULTS[word];
  if (fault === undefined) throw new Error(`--only: '${word}' is none of ${Object.keys(FAULTS).join(', ')}`);
  return fault;
}

function numberOf(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new Error(`--${name}: expected a number from 0, got '${text}'`);
}
