import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai';
import { itemFailure, failureElsewhere, type Standing } from '../../../src/batch/worker/item-failure';
import { RecalledError } from '../../../src/batch/worker/recalls';
import { NotServedError } from '../../../src/batch/worker/served-watch';
import { readObservation } from '../../../src/limiter/feedback/observation';
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

it.each([
  [new Error('connect ECONNREFUSED 127.0.0.1:9'), 'Connection error. connect ECONNREFUSED 127.0.0.1:9'],
  [Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }), 'Connection error. ECONNREFUSED'],
  [undefined, 'Connection error.'],
])('says why there is no connection: %s', (cause, message) => {
  expect(itemFailure(new APIConnectionError({ cause }), context).message).toBe(message);
});

it('takes secrets out of the message', () => {
  const failure = itemFailure(new Error('bad key abc'), { attempt: 1, redact: (text) => text.replace('abc', '***') });
  expect(failure.message).toBe('bad key ***');
});

describe('where another set may do it', () => {
  const present = { now: 0, parseDate: Date.parse };
  const refused = new APIConnectionError({
    message: 'no',
    cause: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }),
  });

  function onward(error: Error, standing: Partial<Standing> = {}) {
    const observation = readObservation(error, present);
    return failureElsewhere(itemFailure(error, context), {
      ...{ attempt: 3, observation, isAside: false, isProbe: false },
      ...standing,
    });
  }
  const quota = APIError.generate(429, { error: { code: 'insufficient_quota' } }, undefined, new Headers());

  it.each([
    ['401', answer(401), 'RequestRejected'],
    ['403', answer(403), 'RequestRejected'],
    ['an empty account', quota, 'RateLimited'],
  ])('leaves a set whose account is at fault at once: %s', (_what, error, type) => {
    expect(onward(error)).toMatchObject({
      type: 'NotServed',
      nonRetryable: true,
      details: [3, { isAside: true, met: { outcome: 'failed', error: { type } } }],
    });
  });

  it.each([
    ['500', answer(500), 'failed'],
    ['no connection', refused, 'failed'],
    ['429', answer(429), 'throttled'],
  ])(
    'stays with what may pass, unless nobody is served there or it was to find that out: %s',
    (_what, error, outcome) => {
      expect(onward(error).type).toBe(itemFailure(error, context).type);
      for (const standing of [{ isAside: true }, { isProbe: true }]) {
        expect(onward(error, standing)).toMatchObject({
          type: 'NotServed',
          details: [3, { isAside: standing.isAside ?? false, met: { outcome } }],
        });
      }
    },
  );

  it('counts no attempt where the provider was not asked', () => {
    expect(onward(new NotServedError('no'), { observation: undefined })).toMatchObject({
      type: 'NotServed',
      details: [2, { isAside: true }],
    });
  });

  it.each([
    ['a wrong request', answer(400)],
    ['a mistake of ours', new TypeError('odd')],
    ['one that was asked back', new RecalledError('asked back')],
  ])('leaves the failure as it is otherwise: %s', (_what, error) => {
    expect(onward(error, { isAside: true, isProbe: true }).type).toBe(itemFailure(error, context).type);
  });
});
