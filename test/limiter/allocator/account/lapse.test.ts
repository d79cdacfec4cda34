import { calls, defined, tokens } from '../../../../simulator/scenario/definitions';
import { noUnits, type UnitState } from '../../../../src/limiter/allocator/account/client-state';
import { addLapse, countedWithin, forgetLapses, settleLapsed } from '../../../../src/limiter/allocator/account/lapse';
import { Desk, granted, START } from '../../../support/desk';

/** Ten units that may be started for 2 s, of which the limiter has heard nothing since: they count as of 2,050 ms. */
function silent(limit = calls(100, 60_000), guardMs = 50): Desk {
  const { timing, ...definition } = defined([limit]);
  const desk = new Desk([limit], { ...definition, timing: { ...timing, guardMs } });
  desk.says('a', { demand: [[10]] });
  desk.turn();
  expect(granted(desk.heard.get('a'))).toBe(10);
  desk.turn(3_600);
  return desk;
}

/** The same, which has then been granted five more. */
function grantedMore(): Desk {
  const desk = silent();
  desk.says('a', { demand: [[5]] });
  desk.turn();
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
    const desk = grantedMore();
    // what was granted last goes back, the first ten were started before they lapsed
    desk.says('a', { used: [[START + 300, 10]], returned: [5] });
    desk.turn();
    expect(desk.available('calls')).toBe(90);
  });

  test('count no longer once they come back unused, whichever were started since', () => {
    const desk = grantedMore();
    // of fifteen, ten of which lapsed, five were started
    desk.says('a', { used: [[START + 3_650, 5]], returned: [10] });
    desk.turn();
    expect(desk.available('calls')).toBe(95);
  });

  test('count as of when they may have been started, where that is later', () => {
    const desk = silent();
    // their process stood still before it could tell, or before it could start them
    desk.says('a', { used: [[START + 3_600, 10]] });
    desk.turn(60_049);
    expect(desk.available('calls')).toBe(90);
    desk.turn(1);
    expect(desk.available('calls')).toBe(100);
  });

  test('count so even after they have recovered', () => {
    const desk = silent(calls(10, 1_000));
    expect(desk.available('calls')).toBe(10);
    desk.says('a', { used: [[START + 3_600, 10]] });
    desk.turn(1_049);
    expect(desk.available('calls')).toBe(0);
    desk.turn(1);
    expect(desk.available('calls')).toBe(10);
  });

  test('and were started later do not come back with others', () => {
    const desk = silent();
    desk.says('a', { used: [[START + 3_600, 10]], demand: [[5]] });
    desk.turn();
    desk.says('a', { used: [[START + 3_600, 10]], returned: [5] });
    desk.turn();
    expect(desk.available('calls')).toBe(90);
  });

  test.each([
    { what: 'started', said: { used: [[START + 3_600, 10]] as const }, free: 90 },
    { what: 'given back', said: { returned: [10] }, free: 100 },
  ])('and were $what before they counted at all are not taken off others', ({ said, free }) => {
    const desk = silent(calls(100, 60_000), 5_000);
    desk.says('a', said);
    desk.turn();
    expect(desk.available('calls')).toBe(free);
    desk.turn(10_000);
    expect(desk.available('calls')).toBe(free);
  });

  test('are no more than there were', () => {
    const desk = grantedMore();
    desk.says('a', { used: [[START + 300, 15]] });
    desk.turn();
    expect(desk.available('calls')).toBe(85);
  });

  test('come back when they were not needed, from where they count', () => {
    const desk = silent({ ...tokens(100, 86_400_000), algorithm: 'TokenBucket' });
    desk.says('a', {
      used: [[START + 300, 10]],
      refunded: [4],
      refunds: [[START, START + 300, 4]],
    });
    desk.turn();
    expect(desk.available('tokens')).toBeCloseTo(94, 1);
  });

  test('of several grants are told apart', () => {
    const desk = new Desk([calls(100, 60_000)]);
    desk.says('a', { demand: [[10]] });
    desk.turn();
    desk.turn(1_000);
    desk.says('a', { demand: [[10]], starting: [10] });
    desk.turn();
    desk.turn(3_600);
    desk.says('a', { demand: [[15]] });
    desk.turn();
    const used = [
      [START + 300, 10],
      [START + 2_500, 20],
    ] as const;
    desk.says('a', { used, returned: [15] });
    desk.turn();
    expect(desk.available('calls')).toBe(80);
  });

  test('have nothing to do with what was started before, and is given back', () => {
    const desk = new Desk([{ ...tokens(100, 60_000), algorithm: 'TokenBucket' }]);
    desk.says('a', { demand: [[100]] });
    desk.turn();
    desk.turn(300);
    desk.says('a', { used: [[START + 300, 100]] });
    desk.turn(15_700);
    desk.says('a', { demand: [[1]] });
    desk.turn();
    desk.turn(4_000);
    const before = desk.available('tokens');
    desk.says('a', { refunded: [50], refunds: [[START + 290, START + 300, 50]] });
    expect(desk.available('tokens') - before).toBeCloseTo(50, 1);
  });
});

describe('a lapse', () => {
  /** A client of which ten units lapsed, then twenty. */
  function twice(): UnitState {
    const state = noUnits(1);
    addLapse(state, { notBefore: 0, firstAt: 2_050, lastAt: 2_050, unreported: [10] });
    addLapse(state, { notBefore: 1_000, firstAt: 3_050, lastAt: 3_050, unreported: [20] });
    return state;
  }

  test('is settled by what is told, the oldest first', () => {
    const state = twice();
    expect(settleLapsed(state, 0, 25)).toEqual([
      { units: 10, from: 2_050, to: 2_050 },
      { units: 15, from: 3_050, to: 3_050 },
    ]);
    expect(settleLapsed(state, 0, 10)).toEqual([{ units: 5, from: 3_050, to: 3_050 }]);
    expect(settleLapsed(state, 0, 10)).toEqual([]);
  });

  test.each([
    { what: 'in the first', from: 500, to: 600, at: 2_050 },
    { what: 'in either', from: 500, to: 1_600, at: 3_050 },
    { what: 'after both', from: 3_100, to: 3_200, at: 3_250 },
  ])('says by when a unit counts that was started $what', ({ from, to, at }) => {
    expect(countedWithin(twice(), { startedAt: from, startedBy: to, totals: [1] }, [50, 50])).toEqual({
      from: from + 50,
      to: at,
    });
  });

  test('is one with the next where there are many', () => {
    const state = twice();
    for (const at of [4_050, 5_050, 6_050])
      addLapse(state, { notBefore: at - 2_050, firstAt: at, lastAt: at, unreported: [1] });
    expect(state.lapses.map(({ firstAt, lastAt, unreported }) => [firstAt, lastAt, ...unreported])).toEqual([
      [2_050, 3_050, 30],
      [4_050, 4_050, 1],
      [5_050, 5_050, 1],
      [6_050, 6_050, 1],
    ]);
  });

  test('is forgotten when it is settled and has recovered', () => {
    const state = twice();
    forgetLapses(state, defined([calls(100, 10_000)]), 20_000);
    expect(state.lapses).toHaveLength(2);
    settleLapsed(state, 0, 30);
    forgetLapses(state, defined([calls(100, 10_000)]), 13_050);
    expect(state.lapses.map(({ lastAt }) => lastAt)).toEqual([3_050]);
    forgetLapses(state, defined([calls(100, 10_000)]), 13_051);
    expect(state.lapses).toEqual([]);
  });
});
