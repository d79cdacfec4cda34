import { MinuteHistory } from '../../../src/limiter/control/history';
import { calls } from '../../../simulator/scenario/definitions';

const LIMITS = [calls(10, 1_000)];
const MINUTE_MS = 60_000;

it('has a record of a minute in which the provider did nothing but refuse', () => {
  const history = new MinuteHistory();
  const sight = { waiting: 0, longestWaitMs: 0, used: [1] };
  history.note(LIMITS, { ...sight, used: [0], throttled: 0 }, 0);
  history.note(LIMITS, { ...sight, throttled: 0 }, 1);
  history.note(LIMITS, { ...sight, throttled: 5 }, MINUTE_MS);
  expect(history.minutes).toEqual([
    { at: 0, used: { calls: 1 }, waiting: 0, longestWaitMs: 0, throttled: 0 },
    { at: MINUTE_MS, used: { calls: 0 }, waiting: 0, longestWaitMs: 0, throttled: 5 },
  ]);
});
