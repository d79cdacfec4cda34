import { readArguments } from '../../simulator/arguments';
import { drawScenario } from '../../simulator/scenario/draw-scenario';
import { commandOf } from '../../simulator/seeds/report';
import { simulate } from '../../simulator/simulation/simulate';
import { Trace } from '../../simulator/simulation/trace';
import { firstSeeds, PER_TEST, playAndPrint, readCommand } from './play-and-print';

const HOURS = 0.002;

describe('the simulator', () => {
  test.each(firstSeeds(1, 300))('finds nothing wrong in 100 short lives of a fleet, from seed %i on', async (seed) => {
    expect(await playAndPrint(seed, PER_TEST, HOURS)).toMatch(/^100 seeds, .* 0 violations, .*$/);
  });

  test('plays the same for the same seed, watched or not', async () => {
    for (const seed of [3, 4, 5]) {
      const [one, other, watched] = [
        await simulate(drawScenario(seed, HOURS)),
        await simulate(drawScenario(seed, HOURS)),
        await simulate(drawScenario(seed, HOURS), new Trace()),
      ];
      expect(one.acquisitions).toBeGreaterThan(0);
      expect(other).toEqual(one);
      expect(watched).toEqual(one);
    }
  });

  test.each([
    { name: 'as drawn', change: {} },
    { name: 'shorter', change: { ms: 1_234 } },
    { name: 'fewer', change: { processes: 1, workers: 2, runsPerMinute: 0 } },
    { name: 'without faults', change: { faults: [] } },
    { name: 'with other faults', change: { faults: ['limiter down', 'loss'] as const } },
  ])('prints a command that plays a scenario again: $name', ({ change }) => {
    const scenario = { ...drawScenario(7, HOURS), ...change };
    const { seed, hours, adapt } = readCommand(commandOf(scenario, HOURS));
    expect(adapt(drawScenario(seed, hours))).toEqual(scenario);
  });

  test.each([
    { args: ['--seed', 'x'], says: "--seed: expected a number from 0, got 'x'" },
    { args: ['--faults', 'rain'], says: "--faults: 'rain' is none of loss, repetition" },
    { args: ['--sed', '1'], says: "Unknown option '--sed'" },
  ])('says what is wrong with $args', ({ args, says }) => {
    expect(() => readArguments(args)).toThrow(says);
  });
});
