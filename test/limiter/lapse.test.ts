import { calls, tokens } from '../../simulator/fleet/saturated-fleets';
import { lapse, takeLapsed } from '../../src/limiter/lapse';
import { Desk, granted, START } from './allocator-support';

/** Ten units that may be started for 2 s, of which the limiter has heard nothing since: they count as of 2,050 ms. */
function silent(limit = calls(100, 60_000)): Desk {
  const desk = new Desk([limit]);
  desk.says('a', { demand: [[10]] });
  desk.turn();
  expect(granted(desk.heard.get('a'))).toBe(10);
  desk.turn(3_600);
  return desk;
}

describe('units that lapsed', () => {
  test('count as started', () => {
    const desk = silent();
    expect(desk.available('calls')).toBe(90);
    desk.turn(60_000 - 3_600 + 2_050 - 1);
    expect(desk.available('calls')).toBe(90);
    desk.turn(2);
    expect(desk.available('calls')).toBe(100);
  });

  test('do not count once more when they are told of', () => {
    const desk = silent();
    desk.says('a', { used: [[START + 300, 10]], demand: [[5]] });
    desk.turn();
    expect(desk.available('calls')).toBe(85);
  });

  test('are no excuse for others that are given back with the same word', () => {
    const desk = silent();
    desk.says('a', { demand: [[5]] });
    desk.turn();
    // what was granted last goes back, the first ten were started before they lapsed
    desk.says('a', { used: [[START + 300, 10]], returned: [5] });
    desk.turn();
    expect(desk.available('calls')).toBe(90);
  });

  test('are not what was started since', () => {
    const desk = silent();
    desk.says('a', { demand: [[5]] });
    desk.turn();
    // five of the ten that lapsed were never started, and five of the later ones were: the limiter cannot tell
    desk.says('a', { used: [[START + 3_650, 5]], returned: [10] });
    desk.turn();
    expect(desk.available('calls')).toBe(85);
  });

  test('are no more than there were', () => {
    const desk = silent();
    desk.says('a', { demand: [[5]] });
    desk.turn();
    desk.says('a', { used: [[START + 300, 15]] });
    desk.turn();
    expect(desk.available('calls')).toBe(85);
  });

  test('come back when they were not needed, from where they count', () => {
    const desk = silent({ ...tokens(100, 86_400_000), algorithm: 'TokenBucket' });
    desk.says('a', {
      used: [[START + 300, 10]],
      refunded: [4],
      refunds: [[START, 4]],
      refundEnds: [START + 300],
    });
    desk.turn();
    expect(desk.available('tokens')).toBeCloseTo(94, 1);
  });
});

describe('a lapse', () => {
  test('counts from the first of what is untold, until the last', () => {
    const first = lapse(undefined, [1, 2], 1_000, 30_000);
    expect(lapse(first, [3, 0], 2_000, 30_000)).toEqual({ from: 1_000, to: 2_000, untold: [4, 2] });
  });

  test('begins anew once all is told', () => {
    const first = lapse(undefined, [1, 2], 1_000, 30_000);
    expect([takeLapsed(first, 0, 5, 900), takeLapsed(first, 1, 1, 1_000), takeLapsed(first, 1, 1, 1_000)]).toEqual([
      1, 1, 1,
    ]);
    expect(lapse(first, [3, 0], 2_000, 30_000)).toEqual({ from: 2_000, to: 2_000, untold: [3, 0] });
  });

  test('forgets what was not told of for too long', () => {
    const first = lapse(undefined, [1], 1_000, 30_000);
    expect(lapse(first, [2], 31_001, 30_000)).toEqual({ from: 31_001, to: 31_001, untold: [2] });
  });
});
