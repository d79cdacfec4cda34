import { ClockEstimate } from '../../../src/limiter/lease/clock-sync';
import { RefundLog } from '../../../src/limiter/lease/refund-log';
import { UsageLog } from '../../../src/limiter/lease/usage-log';

/** The clock of a process that reads the same as the limiter's. */
function sameClock(): ClockEstimate {
  const clock = new ClockEstimate();
  clock.received(0, 0);
  clock.answered(0, 0);
  return clock;
}

const GUARDS = { guardMs: 50, earlierMs: 50 };

describe('a log of refunds', () => {
  test('tells none before the start of its units counts', () => {
    const [used, refunds] = [new UsageLog(1), new RefundLog(1)];
    used.turnNow.begin(100);
    used.turnNow.take(0, 5);
    refunds.add(used.turnNow, 0, 3);
    const told = (now: number) => refunds.seal(sameClock(), now, GUARDS, 1).refunded;
    expect(told(1_000)).toEqual([0]);
    used.turn(1_000);
    used.turn(1_001);
    expect([told(1_059), told(1_061)]).toEqual([[0], [3]]);
  });

  test('tells by when units were told as used, also when they are told of as of later', () => {
    const [used, refunds] = [new UsageLog(1), new RefundLog(1)];
    const ends: number[] = [];
    for (let i = 0; i < 400; i += 1) {
      used.turnNow.begin(i * 20);
      used.turnNow.take(0, 1);
      if (i === 1) refunds.add(used.turnNow, 0, 1);
      used.turn(i * 20);
      if (i % 100 !== 99) continue;
      // nobody answers
      const checkpoints = used.seal(i);
      ends.push(checkpoints.find(({ totals }) => totals[0]! >= 2)!.at);
      const { refunds: reported } = refunds.seal(sameClock(), i * 20, GUARDS, i);
      expect(reported.map(({ startedBy }) => startedBy)).toEqual([ends.at(-1)]);
    }
    expect(ends[0]).toBeLessThan(ends.at(-1)!);
  });

  test.each([
    { answeredAt: Infinity, startedAt: 100, what: 'as it was where no answer is known' },
    { answeredAt: 165, startedAt: 100, what: 'as it was where the answer came after the guard' },
    { answeredAt: 140, startedAt: 80, what: 'earlier by as much as the answer came before the end of the guard' },
    { answeredAt: 105, startedAt: 50, what: 'earlier by the whole guard at most' },
  ])('tells the start $what: a guard later, it may count', ({ answeredAt, startedAt }) => {
    const [used, refunds] = [new UsageLog(1), new RefundLog(1)];
    const turn = used.turnNow;
    turn.begin(100);
    turn.take(0, 5);
    refunds.add(turn, 0, 3);
    used.turn(105);
    used.turn(110);
    if (answeredAt < Infinity) turn.answered(answeredAt);
    const { refunds: told } = refunds.seal(sameClock(), 1_000, GUARDS, 1);
    expect(told).toEqual([{ startedAt: expect.closeTo(startedAt, 0), startedBy: 110, totals: [3] }]);
  });
});
