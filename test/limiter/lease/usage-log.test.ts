import { UsageLog } from '../../../src/limiter/lease/usage-log';

/** A log in which so many calls have been let through in each of some turns, 20 ms apart. */
function logOf(...calls: number[]) {
  const log = new UsageLog(1);
  const turns = calls.map((count, i) => {
    const turn = log.turnNow;
    for (let call = 0; call < count; call += 1) {
      turn.begin(i * 20);
      turn.take(0, 1);
    }
    log.turn(i * 20);
    return turn;
  });
  log.turn(calls.length * 20);
  return { log, turns };
}

describe('a log of usage', () => {
  test('says by when calls had been answered that it reports as one, once all have been', () => {
    const { log, turns } = logOf(2);
    const told = () => log.seal(1).map(({ answeredAt }) => answeredAt);
    expect(told()).toEqual([Infinity]);
    turns[0]!.answered(70);
    expect(told()).toEqual([Infinity]);
    turns[0]!.answered(60);
    expect(told()).toEqual([70]);
  });

  test('says it of each row', () => {
    const { log, turns } = logOf(1, 1, 1);
    turns[0]!.answered(90);
    turns[2]!.answered(80);
    expect(log.seal(1)).toEqual([
      { at: 20, totals: [1], answeredAt: 90 },
      { at: 40, totals: [2], answeredAt: Infinity },
      { at: 60, totals: [3], answeredAt: 80 },
    ]);
  });

  test('says it of calls that are reported with later ones, because there are many', () => {
    const { log, turns } = logOf(...Array.from({ length: 129 }, () => 1));
    for (const turn of turns.slice(1)) turn.answered(5_000);
    const rows = log.seal(1);
    expect(rows).toHaveLength(65);
    const late = rows.filter(({ answeredAt }) => answeredAt === Infinity);
    expect(late).toEqual([rows[0]]);
    expect(rows.at(-1)!.totals).toEqual([129]);
  });
});
