import { z } from 'zod';
import { NOT_FOR_IDS } from '../../acquire/set/set-settings';
import { UNUSED } from '../../limiter/algorithms/algorithm';
import { algorithmNames } from '../../limiter/algorithms/algorithms';
import { balancerNames } from '../../limiter/pool/balancers';
import { checkCounts, type Counts } from '../../limiter/definition/counts';
import { MAX_LIMITS } from '../../limiter/definition/definition-check';
import { TOKEN_UNITS } from '../../workflows/batch/item-result';
import { CALL_COUNT, OVERAGES, type AdaptiveRange } from '../../limiter/definition/limits';

/** Every message completes the sentence "it must be …"; none repeats the value, which may be a secret. */
const text = (what: string) => z.string({ error: what }).min(1, { error: what });
const oneOf = <T extends string>(names: readonly T[]) => z.enum(names, { error: `one of ${names.join(', ')}` });
const above0 = (what: string) => z.number({ error: what }).positive({ error: what });
const whole = (what: string, least: number) => z.int({ error: what }).min(least, { error: what });
const list = <T extends z.ZodType>(item: T, what: string) => z.array(item, { error: what });
/** For a key that it does not know, the message lists those that it knows. */
const mapping = <T extends z.ZodRawShape>(shape: T, what?: string) =>
  z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? Object.keys(shape).join(', ') : what),
  });

const upTo256 = (what: string) => text(what).max(256, { error: what });

const SET_NAME = 'a well-formed name of 1 to 256 characters';
const TASK_QUEUE = 'a well-formed name of a task queue, of at most 256 characters, that does not begin with "/_sys/"';
const SECONDS = 'a number of seconds from 1e-6 to 1e9';
const TIMEOUT = 'a number of seconds above 0, up to 86400';
const CAPACITY = `a number up to ${Number.MAX_SAFE_INTEGER}`;

/** With any other key each request would fail before it is sent. Line ends at its end do not count: they are not sent. */
const SENDABLE = /^[\t ]*[!-~\x80-\xff][\t -~\x80-\xff]*[\r\n]*$/;
const ADDRESS = 'host:port, for example "127.0.0.1:7233"';

const key = upTo256('a key of 1 to 256 characters');
const name = upTo256(SET_NAME).refine((value) => !NOT_FOR_IDS.test(value), { error: SET_NAME });
const taskQueue = upTo256(TASK_QUEUE).refine((value) => !NOT_FOR_IDS.test(value) && !value.startsWith('/_sys/'), {
  error: TASK_QUEUE,
});
const windowSeconds = above0('a number of seconds above 0').min(1e-6, { error: SECONDS }).max(1e9, { error: SECONDS });
const capacity = above0('a number above 0').max(Number.MAX_SAFE_INTEGER, { error: CAPACITY });
/** With less, not one call ever fits, and a batch would refuse its items one after the other. */
const calls = capacity.min(1, { error: 'at least 1, since each call takes 1' });
const algorithm = oneOf(algorithmNames).default('SlidingWindow');

const COUNTS = 'a list of 1 to 32 units, or a mapping from 1 to 32 units to their weights above 0';
const counts = z
  .union([z.array(z.string()), z.record(z.string(), z.number())], { error: COUNTS })
  .refine(isCounts, { error: COUNTS })
  .optional();

const bounds = (bound: z.ZodNumber | z.ZodInt) =>
  mapping({ min: bound, max: bound }, 'a mapping with min and max').optional();
const permits = whole('a whole number from 1', 1);

const follow = z.boolean({ error: 'true or false' });

interface Ranged {
  readonly capacity: number;
  readonly adaptive?: AdaptiveRange | undefined;
}

const call = mapping({
  kind: z.literal('call'),
  key: key.default(CALL_COUNT),
  windowSeconds,
  capacity: calls,
  algorithm,
  follow: follow.optional(),
  adaptive: bounds(calls),
});
const rate = mapping({
  kind: z.literal('rate'),
  key,
  windowSeconds,
  capacity,
  algorithm,
  counts,
  overage: oneOf(OVERAGES).optional(),
  unused: oneOf(UNUSED).optional(),
  follow: follow.optional(),
  adaptive: bounds(capacity),
});
const resource = mapping({ kind: z.literal('resource'), key, capacity: permits, adaptive: bounds(permits) });

const setConfig = z
  .object(
    {
      taskQueue,
      baseURL: text('an http or https URL').refine(isProviderURL, {
        error: 'an http or https URL without user, password, query (?) and fragment (#)',
      }),
      apiKey: text('a key, for example "${MY_KEY}"').regex(SENDABLE, {
        error: 'a key that an HTTP header can have: one line of ASCII or Latin-1 characters',
      }),
      model: text('the name of a model'),
      timeoutSeconds: above0(TIMEOUT).max(86_400, { error: TIMEOUT }).exactOptional(),
    },
    { error: 'a mapping with taskQueue, baseURL, apiKey and model' },
  )
  .catchall(z.json({ error: 'a JSON value (text, finite number, true, false, null, list or mapping)' }));

const set = mapping(
  {
    name,
    version: whole('a whole number from 1', 1).optional(),
    maxWaiting: whole('a whole number from 0', 0).optional(),
    config: setConfig,
    limits: list(
      z
        .discriminatedUnion('kind', [call, rate, resource], {
          error: 'a mapping with kind call, rate or resource',
        })
        .refine(isInRange, { error: 'a range with min <= capacity <= max', path: ['adaptive'] }),
      'a list of limits, [] for none',
    ).max(MAX_LIMITS, { error: `a list of at most ${MAX_LIMITS} limits` }),
  },
  'a mapping with name, config and limits',
);

const temporal = mapping(
  {
    address: text(ADDRESS)
      .regex(/^[^\s/@]+:\d{1,5}$/, { error: ADDRESS })
      .refine(hasPort, { error: 'host:port with a port from 1 to 65535' }),
    namespace: text('the name of a namespace').default('default'),
  },
  'a mapping with address and namespace',
);

const dataConverter = text('the path of a module that exports `dataConverter`');

const UNITS = 'a mapping from the names of units, other than input_tokens and output_tokens, to mappings';
const REPLY_PATH = 'the place of a number in the reply, for example "usage.images"';

const unit = mapping(
  {
    requested: z
      .number({ error: 'a number from 0' })
      .min(0, { error: 'a number from 0' })
      .max(Number.MAX_SAFE_INTEGER, { error: CAPACITY })
      .default(0),
    usage: text(REPLY_PATH)
      .regex(/^[^.]+(?:\.[^.]+)*$/, { error: REPLY_PATH })
      .optional(),
  },
  'a mapping with requested and usage',
);

const units = z
  .record(key, unit, { error: UNITS })
  .refine((value) => !TOKEN_UNITS.some((name) => Object.hasOwn(value, name)), { error: UNITS });

const pool = mapping(
  {
    loadBalancing: oneOf(balancerNames).optional(),
    failover: z.boolean({ error: 'true or false' }).optional(),
    workerIndex: whole('a whole number from 0', 0).optional(),
  },
  'a mapping with loadBalancing, failover and workerIndex',
);

/** The config file as a whole, before `apiKey` is taken out of it. */
export const configSchema = mapping(
  {
    temporal: temporal.optional(),
    dataConverter: dataConverter.optional(),
    pool: pool.optional(),
    units: units.optional(),
    sets: list(set, 'a list of sets').min(1, { error: 'a list of at least one set' }),
  },
  'a mapping with sets, and optionally temporal, dataConverter, pool and units',
);

export type RawConfig = z.infer<typeof configSchema>;
export type JsonValue = z.infer<ReturnType<typeof z.json>>;

/** The paths of the API are put at its end: in a query or a fragment they would not reach the provider. */
function isProviderURL(value: string): boolean {
  if (!URL.canParse(value) || /[?#]/.test(value)) return false;
  const { protocol, username, password } = new URL(value);
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
}

function isInRange({ capacity: first, adaptive: range = { min: first, max: first } }: Ranged): boolean {
  return range.min <= first && first <= range.max;
}

function isCounts(value: Counts): boolean {
  try {
    return checkCounts(value) !== undefined;
  } catch {
    return false;
  }
}

function hasPort(address: string): boolean {
  const port = Number(address.slice(address.lastIndexOf(':') + 1));
  return port >= 1 && port <= 65_535;
}
