import { playAndPrint } from './play-and-print';

// a file of its own, so that a second core plays these meanwhile
describe('the simulator', () => {
  test('finds nothing wrong in fifteen hundred more', async () => {
    expect(await playAndPrint(1_501, 1_500, 0.002)).toMatch(/^1500 seeds, .* 0 violations, .*$/);
  });

  test('finds nothing wrong in some days', async () => {
    expect(await playAndPrint(1, 4, 12)).toMatch(/^4 seeds, .* 0 violations, .*$/);
  });
});
