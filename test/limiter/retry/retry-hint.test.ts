import { LONGEST_RETRY_DELAY_MS } from '../../../src/limiter/retry/retry-delay';
import { durationHintMs, resetHintMs, retryAfterHintMs, secondsHintMs } from '../../../src/limiter/retry/retry-hint';

const NOW = Date.parse('2026-11-27T00:00:00Z');
const PRESENT = { now: NOW, parseDate: (text: string) => Date.parse(text) };
const reading = (headers: Record<string, string>) => (name: string) => headers[name];

test.each([
  ['53s', 53_000],
  ['20ms', 20],
  ['6m0s', 360_000],
  ['1h2m3s', 3_723_000],
  ['1.5s', 1_500],
  ['0.25ms', 1],
  ['9999d', LONGEST_RETRY_DELAY_MS],
])('%s is a duration of %d ms', (text, ms) => {
  expect(durationHintMs(text)).toBe(ms);
});

test.each(['', 's', '5', '-5s', '5x', 's5', '1e3s', 'NaNs', 'Infinitys'])('%p is no duration', (text) => {
  expect(durationHintMs(text)).toBeUndefined();
});

test.each([[-1], [NaN], [Infinity], [undefined], [{}], ['-1'], ['1e3'], ['']])(
  '%p is no number of seconds',
  (value) => {
    expect(secondsHintMs(value)).toBeUndefined();
  },
);

test.each([
  [{ 'retry-after': '30' }, 30_000],
  [{ 'retry-after': '30s' }, 30_000],
  [{ 'retry-after': '1m30s' }, 90_000],
  [{ 'retry-after': 'Fri, 27 Nov 2026 00:00:07 GMT' }, 7_000],
  [{ 'retry-after-ms': '1234', 'retry-after': '99' }, 1_234],
  [{ 'retry-after': '-1' }, undefined],
  [{ 'retry-after': 'Friday, 27-Nov-26 00:00:07 GMT' }, 7_000],
  [{ 'retry-after': 'Fri Nov 27 00:00:07 2026 GMT' }, 7_000],
  [{ 'retry-after': 'Fri Nov 27 00:00:07 2026' }, 7_000],
  [{ 'retry-after': '2026-11-27T00:00:07Z' }, 7_000],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': 'after 60' }, undefined],
  [{ 'retry-after': 'rate limit 60' }, undefined],
  [{}, undefined],
])('%j asks for a wait of %p ms', (headers, ms) => {
  expect(retryAfterHintMs(reading(headers as Record<string, string>), PRESENT)).toBe(ms);
});

test.each([
  // OpenAI: durations, and the limit of which nothing is left
  [
    {
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-reset-requests': '1s',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '6m0s',
    },
    360_000,
  ],
  [{ 'x-ratelimit-reset-requests': '20ms', 'x-ratelimit-reset-tokens': '53s' }, 20],
  // a field without a value says nothing
  [
    {
      'x-ratelimit-remaining-requests': '',
      'x-ratelimit-reset-requests': '60s',
      'x-ratelimit-remaining-tokens': '10',
      'x-ratelimit-reset-tokens': '2s',
    },
    2_000,
  ],
  // GitHub: seconds since the epoch; others: milliseconds
  [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 + 12) }, 12_000],
  [{ 'x-ratelimit-reset': String(NOW + 12_345) }, 12_345],
  [{ 'x-ratelimit-reset': String(NOW / 1000 - 5) }, 0],
  // the IETF draft: seconds from now
  [{ 'ratelimit-remaining': '0', 'ratelimit-reset': '50' }, 50_000],
  // Anthropic: a moment
  [
    {
      'anthropic-ratelimit-input-tokens-remaining': '0',
      'anthropic-ratelimit-input-tokens-reset': '2026-11-27T00:00:21Z',
      'anthropic-ratelimit-output-tokens-remaining': '8000',
      'anthropic-ratelimit-output-tokens-reset': '2026-11-27T00:00:00Z',
    },
    21_000,
  ],
  [{ 'x-ratelimit-reset': '-5' }, undefined],
  [{ 'x-ratelimit-reset-tokens': 'NaN' }, undefined],
  [{ 'x-ratelimit-reset': '9'.repeat(400) }, LONGEST_RETRY_DELAY_MS],
])('%j are whole again after %p ms', (headers, ms) => {
  expect(resetHintMs(reading(headers as unknown as Record<string, string>), PRESENT)).toBe(ms);
});
