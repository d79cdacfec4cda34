import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai';
import { itemFailure } from '../../../src/batch/worker/item-failure';
import { RecalledError } from '../../../src/batch/worker/recalls';
import { RequestExceedsCapacityError } from '../../../src/limiter/errors/request-errors';

const context = { attempt: 3, redact: (message: string) => message };

const answer = (status: number, headers: Record<string, string> = {}) =>
  APIError.generate(status, { error: { message: 'no' } }, undefined, new Headers(headers));

it.each([
  ['429', answer(429), 'RateLimited', false],
  ['408', answer(408), 'ProviderError', false],
  ['500', answer(500), 'ProviderError', false],
  ['529', answer(529), 'ProviderError', false],
  ['400', answer(400), 'RequestRejected', true],
  ['401', answer(401), 'RequestRejected', true],
  ['409', answer(409), 'RequestRejected', true],
  ['a cut connection', new APIConnectionError({ message: 'cut' }), 'NetworkError', false],
  ['a timeout', new APIConnectionTimeoutError(), 'NetworkError', false],
  ['an amount above the capacity', new RequestExceedsCapacityError('k', 2, 1), 'RequestExceedsCapacityError', true],
  ['an item that was asked back', new RecalledError('asked back'), 'Recalled', true],
  ['anything else', new TypeError('odd'), 'TypeError', false],
])('tells of %s by a stable type, and whether trying again may help', (_what, error, type, nonRetryable) => {
  expect(itemFailure(error, context)).toMatchObject({ type, nonRetryable, details: [3] });
});

it('waits as long as the provider asks for', () => {
  expect(itemFailure(answer(429, { 'retry-after': '2' }), context).nextRetryDelay).toBe(2000);
  expect(itemFailure(answer(429), context).nextRetryDelay).toBeUndefined();
});

it.each([
  ['0', 1],
  ['86400', 600_000],
])('waits neither not at all nor for ever: %s s', (after, ms) => {
  expect(itemFailure(answer(429, { 'retry-after': after }), context).nextRetryDelay).toBe(ms);
});

it('takes secrets out of the message', () => {
  const failure = itemFailure(new Error('bad key abc'), { attempt: 1, redact: (text) => text.replace('abc', '***') });
  expect(failure.message).toBe('bad key ***');
});
