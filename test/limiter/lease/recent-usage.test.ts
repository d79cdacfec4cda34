import { RecentUsage } from '../../../src/limiter/lease/recent-usage';

const SPAN_MS = 250;

test('what continues for two spans is wanted ahead, until one in which nothing was done', () => {
  const pace = new RecentUsage([false], SPAN_MS);
  pace.started(0, 8, 0);
  pace.started(0, 6, 250);
  expect(pace.ahead([0], [0], 300)).toEqual([0]);
  pace.started(0, 7, 500);
  expect(pace.ahead([0], [0], 510)).toEqual([2 * 8]);
  expect(pace.ahead([0], [0], 1_100)).toEqual([0]);
});

test('spans in which it only waited for an answer do not count as idle', () => {
  const pace = new RecentUsage([false], SPAN_MS);
  const wanted: number[] = [];
  for (let at = 0; at < 4_000; at += 1_000) {
    wanted.push(...pace.ahead([20], [0], at));
    // the answer takes three spans
    pace.started(0, 20, at + 800);
    pace.lacked();
  }
  expect(wanted).toEqual([0, 0, 0, 20]);
  pace.ahead([0], [0], 4_000);
  // nothing has been wanted since
  expect(pace.ahead([0], [0], 4_600)).toEqual([0]);
});
