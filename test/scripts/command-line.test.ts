import { numberOf, oneOf, wholeOf } from '../../scripts/support/command-line';

describe('an option of a script', () => {
  it.each(['', ' ', 'x', '-1', 'Infinity', 'NaN'])('is no number as %j', (text) => {
    expect(() => numberOf('seconds', text)).toThrow(`--seconds: expected a number from 0, got '${text}'`);
  });

  it.each(['0', '1.5', '1e99', ''])('is no whole number as %j', (text) => {
    expect(() => wholeOf('items', text)).toThrow(`--items: expected a whole number from 1, got '${text}'`);
  });

  it('is what it says', () => {
    expect([numberOf('seconds', '0.5'), wholeOf('items', '10')]).toEqual([0.5, 10]);
    expect(oneOf('only', 'worker', { worker: 7 })).toBe(7);
  });

  it('is one of the words that there are, and no other, also where JavaScript knows one', () => {
    expect(() => oneOf('only', 'toString', { worker: 7, limiter: 8 })).toThrow(
      "--only: 'toString' is none of worker, limiter",
    );
  });
});
