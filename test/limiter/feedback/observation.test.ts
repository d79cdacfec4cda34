import { readObservation, type Observation } from '../../../src/limiter/feedback/observation';

const PRESENT = { now: Date.parse('2026-03-01T12:00:00Z'), parseDate: Date.parse };
const read = (answer: unknown): Observation => readObservation(answer, PRESENT);
const told = (outcome: Observation['outcome'], more: Partial<Observation> = {}): Observation => ({
  outcome,
  seen: [],
  ignored: 0,
  ...more,
});

/** As the clients of OpenAI and Anthropic throw it. */
function apiError(status: number, headers: Record<string, string>, body: object = {}): Error {
  return Object.assign(new Error(`${status} status code`), { status, headers: new Headers(headers), error: body });
}

describe('an answer of OpenAI', () => {
  // https://platform.openai.com/docs/guides/rate-limits, "Rate limits in headers"
  const headers = {
    'x-ratelimit-limit-requests': '60',
    'x-ratelimit-limit-tokens': '150000',
    'x-ratelimit-remaining-requests': '59',
    'x-ratelimit-remaining-tokens': '149984',
    'x-ratelimit-reset-requests': '1s',
    'x-ratelimit-reset-tokens': '6m0s',
  };
  const seen = [
    { name: 'requests', limit: 60, remaining: 59, resetMs: 1_000 },
    { name: 'tokens', limit: 150_000, remaining: 149_984, resetMs: 360_000 },
  ];

  it('tells of its limits', () => {
    expect(read(new Response('{}', { status: 200, headers }))).toEqual(told('ok', { seen }));
  });

  it('is a throttle with 429, until the spent limit is whole again', () => {
    const spent = { ...headers, 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '20s' };
    // https://platform.openai.com/docs/guides/error-codes
    const body = { message: 'Rate limit reached', type: 'requests', param: null, code: 'rate_limit_exceeded' };
    expect(read(apiError(429, spent, body))).toMatchObject({
      outcome: 'throttled',
      cause: 'rate_limit',
      holdMs: 20_000,
    });
  });

  it('is the end of the quota with 429 and insufficient_quota', () => {
    // as quoted in https://github.com/langchain-ai/langchainjs/issues/1929
    const body = {
      message: 'You exceeded your current quota, please check your plan and billing details.',
      type: 'insufficient_quota',
      param: null,
      code: 'insufficient_quota',
    };
    expect(read(apiError(429, headers, body))).toEqual(told('failed', { cause: 'insufficient_quota', seen }));
  });

  it.each([
    [401, 'failed', 'unauthorized'],
    [403, 'failed', 'forbidden'],
    [500, 'failed', 'server_error'],
    [503, 'throttled', 'overloaded'],
  ] as const)('with %d is %s: %s', (status, outcome, cause) => {
    // https://platform.openai.com/docs/guides/error-codes/api-errors
    expect(read(apiError(status, {}))).toEqual(told(outcome, { cause }));
  });

  it.each([400, 404, 422])('with %d has been given: the fault is the request’s', (status) => {
    expect(read(apiError(status, {}))).toEqual(told('ok'));
  });
});

describe('an answer of Azure OpenAI', () => {
  it('asks to wait by retry-after-ms, and names what is left', () => {
    // the fields are those in https://github.com/Azure/azure-openai-benchmark/issues/31 (both hints) and
    // https://github.com/Azure/azure-rest-api-specs/issues/26884 (what is left); the numbers are made up
    const headers = {
      'retry-after': '6',
      'retry-after-ms': '5512',
      'x-ratelimit-remaining-requests': '12',
      'x-ratelimit-remaining-tokens': '0',
    };
    expect(read(apiError(429, headers, { code: '429', message: 'exceeded token rate limit' }))).toEqual(
      told('throttled', {
        cause: 'rate_limit',
        holdMs: 5_512,
        seen: [
          { name: 'requests', remaining: 12 },
          { name: 'tokens', remaining: 0 },
        ],
      }),
    );
  });
});

describe('an answer of Anthropic', () => {
  // https://docs.anthropic.com/en/api/rate-limits, "Response headers"
  const headers = {
    'retry-after': '14',
    'anthropic-ratelimit-requests-limit': '1000',
    'anthropic-ratelimit-requests-remaining': '998',
    'anthropic-ratelimit-requests-reset': '2026-03-01T12:01:00Z',
    'anthropic-ratelimit-input-tokens-limit': '80000',
    'anthropic-ratelimit-input-tokens-remaining': '0',
    'anthropic-ratelimit-input-tokens-reset': '2026-03-01T12:00:14Z',
  };

  it('is a throttle with 429 and its hint', () => {
    const body = { type: 'error', error: { type: 'rate_limit_error', message: 'would exceed your rate limit' } };
    expect(read(apiError(429, headers, body))).toEqual(
      told('throttled', {
        cause: 'rate_limit',
        holdMs: 14_000,
        seen: [
          { name: 'requests', limit: 1_000, remaining: 998, resetMs: 60_000 },
          { name: 'input-tokens', limit: 80_000, remaining: 0, resetMs: 14_000 },
        ],
      }),
    );
  });

  it.each([
    // the types: https://platform.claude.com/docs/en/api/errors, and the SDK's `ErrorType`; 402 is the status of a billing_error
    [529, 'overloaded_error', 'throttled', 'overloaded'],
    [401, 'authentication_error', 'failed', 'unauthorized'],
    [402, 'billing_error', 'failed', 'insufficient_quota'],
    [403, 'permission_error', 'failed', 'forbidden'],
    [500, 'api_error', 'failed', 'server_error'],
    [undefined, 'overloaded_error', 'throttled', 'overloaded'],
    [undefined, 'api_error', 'failed', 'server_error'],
  ] as const)('with %s and %s is %s: %s', (status, type, outcome, cause) => {
    const error = Object.assign(new Error(type), { status, error: { type: 'error', error: { type } } });
    expect(read(error)).toEqual(told(outcome, { cause }));
  });
});

it.each([
  ['rate_limit_exceeded', 'throttled', 'rate_limit'],
  ['server_error', 'failed', 'server_error'],
] as const)("an error within OpenAI's stream, which has no status, is told by its code: %s", (code, outcome, cause) => {
  const error = Object.assign(new Error(code), { status: undefined, code, type: 'tokens', error: { code } });
  expect(read(error)).toEqual(told(outcome, { cause }));
});

describe('an answer of Gemini', () => {
  it('asks to wait by RetryInfo in the JSON of the message', () => {
    // as quoted in https://github.com/googleapis/python-genai/issues/1875
    const details = [
      { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaId: 'RequestsPerMinute' }] },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '53s' },
    ];
    const message = JSON.stringify({ error: { code: 429, status: 'RESOURCE_EXHAUSTED', details } });
    const error = Object.assign(new Error(message), { name: 'ApiError', status: 429 });
    expect(read(error)).toEqual(told('throttled', { cause: 'rate_limit', holdMs: 53_000 }));
  });

  it('has a wrong key with 400', () => {
    // as quoted in https://github.com/cequence-io/openai-scala-client/issues/109
    const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }];
    const message = JSON.stringify({ error: { code: 400, status: 'INVALID_ARGUMENT', details } });
    expect(read(Object.assign(new Error(message), { status: 400 }))).toEqual(told('failed', { cause: 'unauthorized' }));
  });
});

describe('an answer of Bedrock', () => {
  it.each([
    // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html, "Errors"
    ['ThrottlingException', 429, 'throttled', 'rate_limit'],
    ['ServiceQuotaExceededException', 400, 'throttled', 'rate_limit'],
    ['ModelNotReadyException', 429, 'throttled', 'overloaded'],
    ['ServiceUnavailableException', 503, 'throttled', 'overloaded'],
    ['AccessDeniedException', 403, 'failed', 'forbidden'],
    ['UnrecognizedClientException', 400, 'failed', 'unauthorized'],
    ['InternalServerException', 500, 'failed', 'server_error'],
  ] as const)('that throws %s (%d) is %s: %s', (name, httpStatusCode, outcome, cause) => {
    const error = Object.assign(new Error(name), { name, $fault: 'client', $metadata: { httpStatusCode } });
    expect(read(error)).toEqual(told(outcome, { cause }));
  });

  it('is an answer if the input was wrong', () => {
    const error = Object.assign(new Error('bad'), { name: 'ValidationException', $metadata: { httpStatusCode: 400 } });
    expect(read(error)).toEqual(told('ok'));
  });
});

describe('an answer of GitHub', () => {
  // https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
  const spent = {
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': String(PRESENT.now / 1_000 + 90),
    'x-ratelimit-resource': 'core',
    'x-ratelimit-used': '5000',
  };
  const requestError = (status: number, headers: object, message = 'API rate limit exceeded'): Error =>
    Object.assign(new Error(message), { name: 'HttpError', status, response: { status, headers } });

  it.each([403, 429])('is a throttle with %d if nothing is left', (status) => {
    const seen = [{ name: 'core', limit: 5_000, remaining: 0, resetMs: 90_000 }];
    expect(read(requestError(status, spent))).toEqual(told('throttled', { cause: 'rate_limit', holdMs: 90_000, seen }));
  });

  it('is a throttle with 403 for a secondary limit', () => {
    const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
    expect(read(requestError(403, {}, message))).toMatchObject({ outcome: 'throttled', cause: 'rate_limit' });
    expect(read(requestError(403, { 'retry-after': '60' }))).toMatchObject({ outcome: 'throttled', holdMs: 60_000 });
  });

  it('is forbidden with 403 while there is enough left', () => {
    const error = requestError(403, { ...spent, 'x-ratelimit-remaining': '4999' }, 'Resource not accessible');
    expect(read(error)).toMatchObject({ outcome: 'failed', cause: 'forbidden' });
  });
});

describe('the RateLimit fields of the IETF', () => {
  it.each([
    // https://www.ietf.org/archive/id/draft-ietf-httpapi-ratelimit-headers-10.txt
    [
      { 'ratelimit-policy': '"default";q=100;w=10', ratelimit: '"default";r=50;t=5' },
      [{ name: 'default', limit: 100, remaining: 50, resetMs: 5_000 }],
    ],
    [
      {
        'ratelimit-policy': '"burst";q=100;w=60,"daily";q=1000;w=86400',
        ratelimit: '"daily";r=900;t=4000, "burst";r=3',
      },
      [
        { name: 'daily', limit: 1_000, remaining: 900, resetMs: 4_000_000 },
        { name: 'burst', limit: 100, remaining: 3 },
      ],
    ],
    [
      { ratelimit: '"per\\"user";r=0;pk=:cHsdsRa894==:;t=30;comment="a, b;c"' },
      [{ name: 'per"user', remaining: 0, resetMs: 30_000 }],
    ],
    // https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-06
    [
      { 'ratelimit-limit': '100', 'ratelimit-remaining': '50', 'ratelimit-reset': '50' },
      [{ name: 'default', limit: 100, remaining: 50, resetMs: 50_000 }],
    ],
  ])('are read: %j', (headers, seen) => {
    expect(read({ status: 200, headers })).toEqual(told('ok', { seen }));
  });

  it('are a hint when one is spent', () => {
    expect(read({ status: 429, headers: { ratelimit: '"default";r=0;t=7' } })).toMatchObject({ holdMs: 7_000 });
  });

  it.each([
    ['no list', '"default', 1],
    ['something behind an item', '"default";r=1 x', 1],
    ['a field without end', `"${'x'.repeat(2_000)}";r=1`, 1],
    ['a parameter that is no number', '"default";r=many', 0],
    ['a name that is no text', '"a\u00e9";r=1', 1],
    ['nothing', '', 0],
  ])('are ignored, and counted, if malformed: %s', (_, ratelimit, ignored) => {
    expect(read({ status: 200, headers: { ratelimit } })).toEqual(told('ok', { ignored }));
  });
});

describe('what is no answer', () => {
  it.each([
    ['refused', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })],
    ['not found', new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ENOTFOUND' }) })],
    ['reset', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })],
  ])('is a provider that cannot be reached: %s', (_, error) => {
    expect(read(error)).toEqual(told('failed', { cause: 'unreachable' }));
  });

  it.each([
    ['undefined', undefined],
    ['a text', 'busy'],
    ['a mistake of the caller', new TypeError('x is not a function')],
    ['its own timeout', Object.assign(new Error('Request timed out.'), { name: 'APIConnectionTimeoutError' })],
    ['a request timeout', { status: 408 }],
  ])('tells nothing: %s', (_, answer) => {
    expect(read(answer)).toEqual(told('unknown'));
  });

  it('is nothing that throws when it is read', () => {
    const thrower = (): never => {
      throw new Error('hostile');
    };
    const hostile = new Proxy({}, { get: thrower, ownKeys: thrower, getOwnPropertyDescriptor: thrower });
    expect(read({ status: 429, headers: hostile })).toMatchObject({ outcome: 'throttled' });
    expect(read(hostile)).toEqual(told('unknown'));
    const { proxy: revoked, revoke } = Proxy.revocable({}, {});
    revoke();
    const answers = [revoked, { errors: revoked }, { details: revoked }, { details: hostile }, { error: [revoked] }];
    for (const answer of answers) expect(read(answer)).toEqual(told('unknown'));
  });

  it.each(['constructor', 'toString', '__proto__'])('is no code that every object has: %s', (code) => {
    expect(read({ status: 404, body: JSON.stringify({ error: { code } }) })).toEqual(told('ok'));
  });

  it('is no field that is out of all reason', () => {
    const headers = {
      'x-ratelimit-remaining-tokens': '1e999',
      'x-ratelimit-limit-tokens': '-5',
      'retry-after': 'soon',
    };
    expect(read({ status: 429, headers })).toEqual(told('throttled', { cause: 'rate_limit', ignored: 2 }));
  });
});
