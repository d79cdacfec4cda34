import { type BatchSet } from '../../../src/batch/config/config';
import { type LimiterStats } from '../../../src/workflows/limiter/protocol';
import { newSetWork, type Work } from '../../../src/batch/worker/work-counters';
import { ResultCounts } from '../../../src/batch/report/result-counts';
import { reportOf } from '../../../src/batch/report/run-report';

const set = (name: string, outputTokens: number): BatchSet => ({
  name,
  config: { taskQueue: name, baseURL: 'https://h', model: 'm' },
  limits: [
    { kind: 'call', windowSeconds: 10, capacity: 5 },
    { kind: 'rate', key: 'output_tokens', windowSeconds: 1, capacity: outputTokens },
  ],
});
const item = (id: number, maxTokens: number) => ({ id: `${id}`, offset: 0, length: 1, inputTokens: 1, maxTokens });

function idealOf(sets: readonly BatchSet[], maxTokens: readonly number[], done = maxTokens.length): number {
  const tally = new ResultCounts();
  for (let id = 0; id < done; id++)
    tally.add({ id: `${id}`, ok: false, set: 'a', error: { type: 'E', message: '' }, attempts: 1 });
  const none = new Map<string, never>();
  const items = maxTokens.map((tokens, id) => item(id, tokens));
  const actionShares = { limits: 0, batch: 0 };
  return reportOf({ sets, items, tally, work: {}, before: none, after: none, batchEvents: 0, actionShares })
    .idealSeconds;
}

it('claims no events of limiters that did not say how many', () => {
  const stats = (events: number) => ({ events }) as LimiterStats;
  const busy = { ...newSetWork(), acquisitions: 1 };
  const eventsAfter = (after: ReadonlyMap<string, LimiterStats>, work: Work = { a: busy, b: busy }): number[] => {
    const counts = { before: new Map([['a', stats(40)]]), batchEvents: 30, actionShares: { limits: 0.5, batch: 0.2 } };
    const run = {
      sets: [set('a', 10), set('b', 10)],
      items: [],
      tally: new ResultCounts(),
      work,
      after,
      ...counts,
    };
    const { historyEvents, actions } = reportOf(run);
    return [historyEvents, actions];
  };
  const both = new Map([
    ['a', stats(100)],
    ['b', stats(10)],
  ]);
  expect(eventsAfter(both)).toEqual([70, 41]);
  both.delete('b');
  expect(eventsAfter(both)).toEqual([0, 0]);
  // one that had no item need not have a limiter
  expect(eventsAfter(both, { a: busy })).toEqual([60, 36]);
});

describe('the ideal seconds of a run', () => {
  it('leave out an item that no set can serve', () => {
    expect(idealOf([set('a', 10)], [500])).toBe(0);
    expect(idealOf([set('a', 10), set('b', 20)], [500, 2, 2])).toBe(0);
    expect(idealOf([set('a', 10)], [500, 10, 10, 10])).toBe(2);
  });

  it('count an item that any set can serve', () => {
    expect(idealOf([set('a', 10)], [10, 10])).toBe(1);
    expect(idealOf([set('a', 10), set('b', 20)], [20, 20])).toBe(1);
  });

  it('are those of the part that is done, where a batch ended early', () => {
    expect(idealOf([set('a', 10)], [10, 10, 10, 10], 2)).toBe(1);
  });
});
