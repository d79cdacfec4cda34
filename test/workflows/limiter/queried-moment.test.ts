import { queriedMoment } from '../../../src/workflows/limiter/limiter-workflow';

it.each([
  ['the time of who asks, whose limiter has been quiet since', 5_000, 1_000, 60_000, 5_000],
  ['what the limiter has seen, of a clock that is behind', 500, 1_000, 60_000, 1_000],
  ['just before its next turn, of a clock that is ahead', 600_000, 1_000, 60_000, 59_999],
  ['the time of who asks, if the limiter waits for no moment', 600_000, 1_000, Infinity, 600_000],
  ['what it has seen, if its turn is due', 600_000, 1_000, 1_000, 1_000],
])('a query is answered for %s', (_, asked, seen, wakesAt, moment) => {
  expect(queriedMoment(asked, seen, wakesAt)).toBe(moment);
});
