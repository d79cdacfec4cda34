import { limited, type LimitedOptions } from '../../../src/activities/index';
import { errorWith } from '../../support/error-with';

const work = (text: string): string => text;
class NotAnError {
  readonly message = 'no';
}

/** As a program without types would call it. */
const wrap = (options: unknown): unknown => limited(work, options as LimitedOptions<[string], string>);

describe('limited refuses, before anything runs,', () => {
  it.each<[string, unknown, string, RegExp]>([
    ['an option that is misspelled', { retries: {} }, 'retries', /known are requested/],
    ['a usage that is no function', { usage: { tokens: 1 } }, 'usage', /expected a function/],
    ['a timeout of no unit', { timeout: '5 parsecs' }, 'timeout', /'30s'/],
    ['retries that nobody counted', { retry: { retryWait: '1s' } }, 'numRetries', /whole number from 0, got undefined/],
    ['half a retry', { retry: { numRetries: 1.5 } }, 'numRetries', /got 1.5/],
    ['fewer than none', { retry: { numRetries: -1 } }, 'numRetries', /got -1/],
    [
      'an algorithm of another case',
      { retry: { numRetries: 1, retryAlgorithm: 'linear' } },
      'retryAlgorithm',
      /mean Linear/,
    ],
    [
      'a wait of nothing, which Temporal takes for giving up',
      { retry: { numRetries: 1, retryWait: 0 } },
      'retryWait',
      /1 ms/,
    ],
    ['a wait of weeks', { retry: { numRetries: 1, retryWait: '9d' } }, 'retryWait', /a day/],
    ['a jitter in per cent', { retry: { numRetries: 1, jitter: 30 } }, 'jitter', /0 to 1, got 30/],
    ['a name without letters', { retry: { numRetries: 1, retryOn: [' '] } }, 'retryOn', /got " "/],
    [
      'an error rather than its class',
      { retry: { numRetries: 1, retryOn: new Error() } },
      'retryOn',
      /instance of Error/,
    ],
    [
      'a class that is none of errors',
      { retry: { numRetries: 1, retryOn: NotAnError } },
      'retryOn',
      /class NotAnError/,
    ],
    [
      'an option of retry that is misspelled',
      { retry: { numRetries: 1, retryJitter: 0 } },
      'retryJitter',
      /mean jitter\?|known are/,
    ],
  ])('%s', (_, options, option, message) => {
    expect(() => wrap(options)).toThrow(errorWith({ name: 'InvalidLimitError', option }));
    expect(() => wrap(options)).toThrow(message);
  });

  it('what is no activity', () => {
    expect(() => limited(undefined as unknown as typeof work)).toThrow('Invalid activity: expected a function');
  });
});
