import { firstSeeds, PER_TEST, playAndPrint } from './play-and-print';

/** Defects that are open: seeds that fail, and the invariant that they break. Whoever mends one takes it out. */
const OPEN: Readonly<Record<number, string>> = {
  1621: 'full recovery',
  2055: 'only what is asked for',
  2574: 'only what is asked for',
};

// a file of its own, so that a second core plays these meanwhile
describe('the simulator', () => {
  test.each(firstSeeds(1_501, 3_000))('finds nothing new in 100 more short lives, from seed %i on', async (first) => {
    const known = Object.keys(OPEN).filter((seed) => Number(seed) >= first && Number(seed) < first + PER_TEST);
    const printed = await playAndPrint(first, PER_TEST, 0.002);
    for (const seed of known) expect(printed).toContain(`seed ${seed}: '${String(OPEN[Number(seed)])}' does not hold`);
    expect(printed).toMatch(new RegExp(`\\b100 seeds, .* ${String(known.length)} violations, .*$`));
  });

  test.each([1, 2, 3, 4])('finds nothing wrong in half a day, of seed %i', async (seed) => {
    expect(await playAndPrint(seed, 1, 12)).toMatch(/^1 seeds, .* 0 violations, .*$/);
  });
});
