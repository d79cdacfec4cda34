import { readArguments } from '../../simulator/arguments';
import { drawScenario } from '../../simulator/draw-scenario';
import { mutated } from '../../simulator/mutants/hunt';
import { MUTANTS } from '../../simulator/mutants/mutants';
import type { Scenario } from '../../simulator/scenario';
import { runSeeds } from '../../simulator/run-seeds';

/** What stands behind `name: ` in what was printed, as arguments of the command. */
function argumentsOf(printed: string, name: string): string[] {
  const [, command = ''] = new RegExp(`^${name}: npm run simulate -- (.*)$`, 'm').exec(printed) ?? [];
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
}

/** One that notices the mistake. */
const SEED = 2;

const sizeOf = ({ faults, processes, workers, sets, ms }: Scenario): number =>
  faults.length + processes + workers + sets.length + ms;

test('a failure says what does not hold, and how to see it again, and in less', async () => {
  const play = mutated(MUTANTS.find(({ name }) => name === 'returned units are counted twice')!);
  const lines: string[] = [];
  const { adapt } = readArguments([]);
  const print = (line: string): void => {
    lines.push(line);
  };
  const { violations } = await runSeeds({ seed: SEED, seeds: 1, hours: 0.003, trace: false, adapt, print, play });
  expect(violations).toBe(1);
  const [printed = ''] = lines;
  expect(printed).toMatch(/^\nseed \d+: '[^']+' does not hold at \d+\.\d{3} s .*\n {2}\w.*\n {2}\S.*\n\n/);

  const [again, smallest] = ['again', 'smallest'].map((name) => readArguments(argumentsOf(printed, name)));
  const replay = async ({ seed, hours, adapt: chosen }: NonNullable<typeof again>) =>
    play(chosen(drawScenario(seed, hours)));
  const [first, last] = [await replay(again!), await replay(smallest!)];
  expect(first.violation).toBeDefined();
  expect(last.violation?.invariant).toBe(first.violation?.invariant);
  expect(sizeOf(last.scenario)).toBeLessThan(sizeOf(first.scenario));
  expect(smallest!.trace).toBe(true);
});

test('what is chosen has to be there', () => {
  const { adapt } = readArguments(['--limits', 'nosuch']);
  expect(() => adapt(drawScenario(1, 0.003))).toThrow(/^--sets, --limits: none of them in seed 1, whose sets are 0 \(/);
  expect(() => readArguments(['--seeds', '0'])).toThrow("--seeds: expected a whole number from 1, got '0'");
});
