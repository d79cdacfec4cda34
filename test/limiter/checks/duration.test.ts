import { durationToMs } from '../../../src/limiter/checks/duration';

describe('a duration', () => {
  it.each([
    [0, 0],
    [1_500, 1_500],
    [Infinity, Infinity],
    ['500ms', 500],
    ['30s', 30_000],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['1d', 86_400_000],
    ['1.5 minutes', 90_000],
    ['.5s', 500],
    ['10 Seconds', 10_000],
    ['250', 250],
  ])('%p is %d ms', (duration, ms) => {
    expect(durationToMs('timeout', duration)).toBe(ms);
  });

  it.each([-1, NaN, '', 's', '-5s', '5 parsecs', '1h30m', '1e3s', 'Infinity', null, {}, true, '9'.repeat(1_000_000)])(
    'is not to be had from %p',
    (duration) => {
      const expected = { name: 'InvalidLimitError', option: 'timeout', message: expect.stringMatching(/^.{1,200}$/) };
      expect(() => durationToMs('timeout', duration as never)).toThrow(expect.objectContaining(expected) as Error);
    },
  );
});
