import { ApplicationFailure } from '@temporalio/common';
import { checkSet } from '../../../src/acquire/set/set-settings';
import { Allocator } from '../../../src/limiter/allocator/allocator';
import { limiterInput, longestRun } from '../../../src/workflows/limiter/limiter-workflow';

const { definition } = checkSet({ limits: [{ kind: 'call', windowSeconds: 1, capacity: 5 }] });
const state = new Allocator(definition, 0).snapshot();

/** What reading the input throws. */
function thrownBy(input: unknown, isContinued: boolean): unknown {
  try {
    limiterInput(input, isContinued);
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

const NONSENSE: readonly [string, unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['no definition', {}],
  ['a definition of nonsense', { definition: { version: 1 } }],
  ['a number of events that is none', { definition, events: 'many' }],
  ['a time to continue for that is none', { definition, endsAfterMs: 'long' }],
  ['a length of runs that is none', { definition, maxEvents: NaN }],
];

it.each(NONSENSE)('a first run that was started with %s fails, so that the next client starts another', (_, input) => {
  const error = thrownBy(input, false);
  expect(error).toBeInstanceOf(ApplicationFailure);
  expect(error).toMatchObject({ type: 'InvalidLimiterInput', nonRetryable: true });
});

it.each([...NONSENSE, ['a state with damaged counts', { definition, state, events: null }] as const])(
  'a continued run that reads %s fails its task only',
  (_, input) => {
    const error = thrownBy(input, true);
    expect(error).not.toBeInstanceOf(ApplicationFailure);
    expect((error as Error).message).toMatch(
      /^This host cannot read the limiter's state: .+ waits for a host that can\.$/,
    );
  },
);

it.each([
  ['first', false],
  ['continued', true],
])('a %s run whose input this host cannot read fails its task only, and names the encoding', (_, isContinued) => {
  const error = thrownBy({ unreadableEncoding: 'binary/encrypted' }, isContinued);
  expect(error).not.toBeInstanceOf(ApplicationFailure);
  expect((error as Error).message).toContain('cannot read the limiter\'s state: it is encoded as "binary/encrypted"');
});

it('a run continues with what the one before has left', () => {
  expect(limiterInput({ definition, state, events: 7, maxEvents: 60 }, true)).toEqual({
    definition,
    state,
    events: 7,
    maxEvents: 60,
    endsAfterMs: 600_000,
  });
});

it.each([
  ['a run that clients start', 250, undefined, 250],
  ['few clients', 250, 64, 256],
  ['many clients', 250, 200, 800],
  ['as many as there may be', 250, 2_000, 1_000],
  ['a run that was started without a number', 1_000, 2_000, 1_000],
  ['a test', 50, 3, 50],
])('how long a run may get: %s', (_, maxEvents, clients, events) => {
  expect(longestRun(maxEvents, clients)).toBe(events);
});
