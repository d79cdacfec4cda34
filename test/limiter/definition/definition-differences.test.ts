import { definitionConflict, definitionDifferences } from '../../../src/limiter/definition/definition-differences';
import { defineLimits, type SetDefinition } from '../../../src/limiter/definition/definition';
import {
  CallLimit,
  RateLimit,
  ResourceLimit,
  type CallLimitOptions,
  type Limit,
} from '../../../src/limiter/definition/limits';
import { DefinitionConflictError } from '../../../src/limiter/errors/definition-errors';
import { LASTING_ERRORS } from '../../../src/limiter/errors/limits-error';

const timing = { leaseMs: 30_000, horizonMs: 500, guardMs: 50 };
const define = (limits: Limit[], changes: Partial<SetDefinition['timing']> = {}): SetDefinition => ({
  version: 1,
  limits: defineLimits(limits, 'SlidingWindow'),
  timing: { ...timing, ...changes },
});
const callsWith = (changes: Partial<CallLimitOptions>): Limit =>
  new CallLimit({ windowSeconds: 10, capacity: 4, ...changes });
const calls = callsWith({});
const slots = new ResourceLimit({ key: 'slots', capacity: 2 });

it.each<[string, SetDefinition, object]>([
  [
    'a capacity',
    define([callsWith({ capacity: 5 }), slots]),
    { limit: 'call_count', option: 'capacity', mine: '5', running: '4' },
  ],
  [
    'a window, in seconds',
    define([callsWith({ windowSeconds: 60 }), slots]),
    { option: 'windowSeconds', mine: '60', running: '10' },
  ],
  [
    'an algorithm',
    define([callsWith({ algorithm: 'GCRA' }), slots]),
    { option: 'algorithm', mine: 'GCRA', running: 'SlidingWindow' },
  ],
  ['a limit that is gone', define([calls]), { limit: 'slots', option: 'limit', mine: 'absent', running: 'present' }],
  ['an option of the set', define([calls, slots], { guardMs: 9 }), { option: 'guardMs', mine: '9', running: '50' }],
  ['the order', define([slots, calls]), { option: 'order of the limits', mine: 'slots, call_count' }],
])('definitions may differ in %s', (_, mine, difference) => {
  expect(definitionDifferences(mine, define([calls, slots]))).toEqual([expect.objectContaining(difference)]);
});

it('a conflict names the limit, the option and both values, and is no lasting mistake: a deployment ends it', () => {
  const tokens = (capacity: number): Limit => new RateLimit({ key: 'tokens', windowSeconds: 60, capacity });
  const error = new DefinitionConflictError('openai', definitionDifferences(define([tokens(9)]), define([tokens(8)])));
  expect(error.message).toBe(
    '"openai" is defined differently under the same version: capacity of "tokens" is 9 here, but 8 where it runs. ' +
      'Give the newer definition a higher version, or give this set another name',
  );
  expect(LASTING_ERRORS.has(error.name)).toBe(false);
});

it.each([
  ['other limits under the same version are a conflict', 1, 20, 'DefinitionConflictError'],
  ['the same limits are none', 1, 10, undefined],
  ['a lower version is none: it adopts what runs', 0, 20, undefined],
  ['a higher version is none: it is adopted', 2, 20, undefined],
])('%s', (_, version, capacity, expected) => {
  const mine = { ...define([new ResourceLimit({ key: 'slots', capacity })]), version };
  const running = { ...define([new ResourceLimit({ key: 'slots', capacity: 10 })]), version: 1 };
  expect(definitionConflict('openai', mine, running)?.name).toBe(expected);
});
