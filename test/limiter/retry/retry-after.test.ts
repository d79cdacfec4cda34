import { retryAfterMs } from '../../../src/limiter/retry/retry-after';

const PRESENT = { now: Date.parse('Sun, 06 Nov 1994 08:49:37 GMT'), parseDate: Date.parse };
const withHeaders = (headers: object): Error => Object.assign(new Error('busy'), { headers });

/** As the AI SDK throws it. */
function apiCallError(responseHeaders: Record<string, string>, statusCode = 429): Error {
  return Object.assign(new Error('Rate limit reached'), { name: 'AI_APICallError', statusCode, responseHeaders });
}

/** As Google's APIs send it. */
const RETRY_INFO = [
  { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaMetric: 'requests' }] },
  { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '53s' },
];

describe('what a provider asks for by an error', () => {
  it.each<[string, unknown, number | undefined]>([
    ['seconds', withHeaders(new Headers({ 'retry-after': '2' })), 2_000],
    ['a date', withHeaders(new Headers({ 'retry-after': 'Sun, 06 Nov 1994 08:49:40 GMT' })), 3_000],
    ['a date that has passed', withHeaders({ 'retry-after': 'Sun, 06 Nov 1994 08:49:30 GMT' }), 0],
    ['milliseconds, which go before seconds', withHeaders({ 'retry-after': '2', 'retry-after-ms': '150' }), 150],
    ['a plain object in any case', withHeaders({ 'Retry-After': '1.5' }), 1_500],
    ['a list of values', withHeaders({ 'retry-after': ['4', '5'] }), 4_000],
    ['headers of its response', Object.assign(new Error(), { response: { headers: { 'retry-after': 1 } } }), 1_000],
    ['headers of $response', Object.assign(new Error(), { $response: { headers: { 'retry-after': '1' } } }), 1_000],
    ['headers of its cause', new Error('failed', { cause: withHeaders({ 'retry-after': '7' }) }), 7_000],
    ['more than a day', withHeaders({ 'retry-after': '1000000000' }), 86_400_000],
    ['words', withHeaders({ 'retry-after': 'soon' }), undefined],
    ['nothing', withHeaders({ 'retry-after': '' }), undefined],
    ['no headers', new Error('busy'), undefined],
    ['no error', 'busy', undefined],
  ])('may be %s', (_, error, expected) => {
    expect(retryAfterMs(error, PRESENT)).toBe(expected);
  });

  it.each<[string, unknown, number | undefined]>([
    ['an APICallError of the AI SDK', apiCallError({ 'retry-after': '30s' }), 30_000],
    ['the reset of a limit that is spent', apiCallError({ 'x-ratelimit-reset-tokens': '6m0s' }), 360_000],
    [
      'no reset of an error that is not about limits',
      apiCallError({ 'x-ratelimit-reset-tokens': '6m0s' }, 400),
      undefined,
    ],
    [
      'the last error of a RetryError',
      Object.assign(new Error('Failed after 3 attempts'), {
        name: 'AI_RetryError',
        reason: 'maxRetriesExceeded',
        errors: [apiCallError({ 'retry-after': '9' }), apiCallError({ 'retry-after': '4' })],
        lastError: apiCallError({ 'retry-after': '4' }),
      }),
      4_000,
    ],
    ['the details of Google', Object.assign(new Error('429'), { status: 429, errorDetails: RETRY_INFO }), 53_000],
    [
      'the JSON in the message of google-genai',
      Object.assign(
        new Error(JSON.stringify({ error: { code: 429, status: 'RESOURCE_EXHAUSTED', details: RETRY_INFO } })),
        {
          name: 'ApiError',
          status: 429,
        },
      ),
      53_000,
    ],
    [
      'the body that the AI SDK keeps',
      Object.assign(apiCallError({}), { responseBody: JSON.stringify({ error: { details: RETRY_INFO } }) }),
      53_000,
    ],
    ['retryAfterSeconds of AWS', Object.assign(new Error('Rate exceeded'), { retryAfterSeconds: 3 }), 3_000],
    ['a hint that is endless', Object.assign(new Error(), { retryAfterSeconds: Infinity }), undefined],
    ['a hint that is negative', Object.assign(new Error(), { retryAfterSeconds: -3 }), undefined],
    ['a delay of no kind', Object.assign(new Error(), { errorDetails: [{ retryDelay: '53s' }] }), undefined],
    ['JSON that is broken', new Error('{"error": {"details": ['), undefined],
  ])('may be %s', (_, error, expected) => {
    expect(retryAfterMs(error, PRESENT)).toBe(expected);
  });

  it('is not asked of what throws when it is read, and of no circle of details', () => {
    const hostile = new Error('hostile');
    for (const name of ['cause', 'headers', 'response', 'details', 'lastError', 'errors', 'retryAfterSeconds']) {
      Object.defineProperty(hostile, name, {
        get: () => {
          throw new Error(`no ${name}`);
        },
      });
    }
    expect(retryAfterMs(hostile, PRESENT)).toBeUndefined();
    const circle: Record<string, unknown> = {};
    circle['details'] = [circle, circle];
    expect(retryAfterMs(circle, PRESENT)).toBeUndefined();
    const throwing = { get: () => { throw new Error('no headers'); } }; // prettier-ignore
    expect(retryAfterMs(withHeaders(throwing), PRESENT)).toBeUndefined();
  });

  it('is found at once among errors that name each other many times', () => {
    const errors: Error[] = Array.from({ length: 30 }, (_, i) => new Error(String(i)));
    for (const error of errors) Object.assign(error, { errors, lastError: errors[0] });
    Object.assign(errors[29] as object, { headers: { 'retry-after': '2' } });
    expect(retryAfterMs(errors[0], PRESENT)).toBe(2_000);
  });

  it('is searched for without end in no circle of causes', () => {
    const error = new Error('I am my own cause');
    error.cause = error;
    expect(retryAfterMs(error, PRESENT)).toBeUndefined();
  });
});
