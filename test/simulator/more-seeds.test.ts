import { firstSeeds, PER_TEST, playAndPrint } from './play-and-print';

// a file of its own, so that a second core plays these meanwhile
describe('the simulator', () => {
  test.each(firstSeeds(301, 600))('finds nothing wrong in 100 more short lives, from seed %i on', async (seed) => {
    expect(await playAndPrint(seed, PER_TEST, 0.002)).toMatch(/^100 seeds, .* 0 violations, .*$/);
  });

  test.each([1, 2, 3, 4])('finds nothing wrong in half a day, of seed %i', async (seed) => {
    expect(await playAndPrint(seed, 1, 12)).toMatch(/^1 seeds, .* 0 violations, .*$/);
  });
});
