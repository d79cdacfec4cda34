import { parseArgs } from 'node:util';
import { numberOf, oneOf, wholeOf } from '../scripts/support/command-line';
import { FAULTS } from './faults/faults';
import { FAULT_NAMES, type FaultName, type Scenario } from './scenario/scenario';

/** How it is used. */
export const USAGE = `npm run simulate -- [options]

  --seed N       first seed (default 1)
  --seeds K      how many seeds, one after the other (default 1)
  --hours H      how long work keeps coming, in hours of the simulated world (default 0.01)
  --until S      end the work after so many seconds of the simulated world
  --clients C    processes, instead of as many as the seed says
  --workers W    acquisitions at a time in each process, instead of as the seed says
  --runs R       workflow runs in a minute, instead of as the seed says
  --timeouts T   share of the acquisitions that have a timeout, instead of as the seed says
  --sets I,J     only these sets of the pool, counted from 0
  --limits A,B   only these limits
  --faults A,B   only these faults, 'none' or 'all', instead of those that the seed says
  --trace        print everything that happens
  --mutants      break the code in known ways, and see that each is caught
  --loads        measure the limiter at its bounds
  --growth       measure fleets of up to 50,000 processes that share clients

faults:
${Object.values(FAULTS)
  .map(({ name, means }) => `  ${name.padEnd(16)} ${means}`)
  .join('\n')}`;

/** What the simulator is asked for. */
export interface Arguments {
  readonly seed: number;
  readonly seeds: number;
  readonly hours: number;
  readonly trace: boolean;
  readonly mutants: boolean;
  readonly loads: boolean;
  readonly growth: boolean;
  /** What is asked for in place of what the seed says. */
  readonly adapt: (scenario: Scenario) => Scenario;
}

/** @throws Error that says what is wrong */
export function readArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string' },
      hours: { type: 'string' },
      until: { type: 'string' },
      clients: { type: 'string' },
      workers: { type: 'string' },
      runs: { type: 'string' },
      timeouts: { type: 'string' },
      sets: { type: 'string' },
      limits: { type: 'string' },
      faults: { type: 'string' },
      trace: { type: 'boolean', default: false },
      mutants: { type: 'boolean', default: false },
      loads: { type: 'boolean', default: false },
      growth: { type: 'boolean', default: false },
    },
  });
  const number = (name: Exclude<keyof typeof values, 'trace' | 'mutants' | 'loads' | 'growth'>): number | undefined => {
    const text = values[name];
    return text === undefined ? undefined : numberOf(name, text);
  };
  const whole = (name: 'seeds' | 'clients' | 'workers'): number | undefined => {
    const text = values[name];
    return text === undefined ? undefined : wholeOf(name, text);
  };
  const [until, processes, workers] = [number('until'), whole('clients'), whole('workers')];
  const [runsPerMinute, timeoutShare] = [number('runs'), number('timeouts')];
  const faults = values.faults === undefined ? undefined : readFaults(values.faults);
  const sets = values.sets?.split(',').map(Number);
  const limits = values.limits?.split(',');
  return {
    seed: number('seed') ?? 1,
    seeds: whole('seeds') ?? 1,
    hours: number('hours') ?? 0.01,
    trace: values.trace,
    mutants: values.mutants,
    loads: values.loads,
    growth: values.growth,
    adapt: (scenario) => ({
      ...scenario,
      ...(until === undefined ? {} : { ms: until * 1e3 }),
      ...(processes === undefined ? {} : { processes }),
      ...(workers === undefined ? {} : { workers }),
      ...(runsPerMinute === undefined ? {} : { runsPerMinute }),
      ...(timeoutShare === undefined ? {} : { timeoutShare }),
      ...(faults === undefined ? {} : { faults }),
      sets: chosenSets(scenario, sets, limits),
    }),
  };
}

/** @throws Error that says what there is to choose from, if nothing is left */
function chosenSets({ seed, sets }: Scenario, places?: readonly number[], keys?: readonly string[]): Scenario['sets'] {
  const chosen = sets
    .filter((_, i) => places === undefined || places.includes(i))
    .map((set) => ({ ...set, limits: set.limits.filter(({ key }) => keys === undefined || keys.includes(key)) }))
    .filter((set) => set.limits.length > 0);
  if (chosen.length > 0) return chosen;
  const there = sets.map(({ limits }, i) => `${i} (${limits.map(({ key }) => key).join(', ')})`);
  throw new Error(`--sets, --limits: none of them in seed ${seed}, whose sets are ${there.join(', ')}`);
}

function readFaults(text: string): FaultName[] {
  if (text === 'none') return [];
  if (text === 'all') return [...FAULT_NAMES];
  const known = Object.fromEntries(FAULT_NAMES.map((name) => [name, name]));
  return text.split(',').map((word) => oneOf('faults', word, known));
}
