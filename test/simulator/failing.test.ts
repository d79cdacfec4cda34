import { readArguments, type Arguments } from '../../simulator/arguments';
import { drawScenario } from '../../simulator/scenario/draw-scenario';
import { mutated } from '../../simulator/mutants/hunt';
import { MUTANTS } from '../../simulator/mutants/mutants';
import type { Scenario } from '../../simulator/scenario/scenario';
import { playAndPrint, readCommand } from './play-and-print';

/** One that notices the mistake. */
const SEED = 2;

const sizeOf = ({ faults, processes, workers, sets, ms }: Scenario): number =>
  faults.length + processes + workers + sets.length + ms;

test('a failure says what does not hold, and how to see it again, and in less', async () => {
  const play = mutated(MUTANTS.find(({ name }) => name === 'returned units are counted twice')!);
  const printed = await playAndPrint(SEED, 1, 0.003, play);
  expect(printed).toMatch(/^1 seeds, .* 1 violations, .*$/m);
  expect(printed).toMatch(/^\nseed \d+: '[^']+' does not hold at \d+\.\d{3} s .*\n {2}\w.*\n {2}\S.*\n\n/);

  const commands = /^again: (?<again>.*)\nsmallest: (?<smallest>.*)$/m.exec(printed)?.groups;
  const [again, smallest] = [readCommand(commands!['again']!), readCommand(commands!['smallest']!)];
  const replay = ({ seed, hours, adapt }: Arguments) => play(adapt(drawScenario(seed, hours)));
  const [first, last] = [await replay(again), await replay(smallest)];
  expect(first.violation).toBeDefined();
  expect(last.violation?.invariant).toBe(first.violation?.invariant);
  expect(sizeOf(last.scenario)).toBeLessThan(sizeOf(first.scenario));
  expect(smallest.trace).toBe(true);
});

test('what is chosen has to be there', () => {
  const { adapt } = readArguments(['--limits', 'nosuch']);
  expect(() => adapt(drawScenario(1, 0.003))).toThrow(/^--sets, --limits: none of them in seed 1, whose sets are 0 \(/);
  expect(() => readArguments(['--seeds', '0'])).toThrow("--seeds: expected a whole number from 1, got '0'");
});
