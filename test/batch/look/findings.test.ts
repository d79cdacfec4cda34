import { byUrgency, checked, findingsOf, silenceOf } from '../../../src/batch/look/findings';
import { UNCHANGED } from '../../../src/limiter/control/control';
import { type Inspection } from '../../../src/limiter/control/inspection';
import { historyOf } from '../../support/fake-limits-admin';
import { anInspection, AT } from '../../support/fake-sets';

const provider = { state: 'OPEN' as const, answered: 0, throttled: 0, failed: 0, ignored: 0, seen: [] };
const change = { by: 'anna', reason: 'slow', at: AT, until: AT + 60_000 };
const next = { client: 'c', amounts: { input_tokens: 400 }, waitingSince: 0, priority: 0 };

it.each<[string, Partial<Inspection>, object]>([
  [
    'a provider that does not serve',
    { waiting: 4, provider: { ...provider, state: 'CIRCUIT', cause: 'unauthorized', until: AT + 8_000 } },
    {
      ...{ check: 'providers', status: 'wrong' },
      message: 'its provider does not serve the account: circuit open (unauthorized), tries again in 8 s',
    },
  ],
  [
    'a provider that asks for a pause',
    { waiting: 4, provider: { ...provider, state: 'PAUSED', cause: 'rate_limit', until: AT + 8_000 } },
    { check: 'providers', status: 'notice', message: 'its provider: throttled (rate_limit), tries again in 8 s' },
  ],
  [
    'refusals',
    { history: [...historyOf(0, {}, 1).slice(-2)].map((minute) => ({ ...minute, throttled: 2 })) },
    { check: 'refusals', status: 'notice', message: 'its provider has refused 4 requests in the last hour' },
  ],
  ['a widened guard', { provider: { ...provider, guardMs: 400 } }, { check: 'guards', status: 'notice' }],
  [
    'drift',
    { provider: { ...provider, drift: { calls: { defined: 500, reported: 250 } } } },
    { check: 'drift', status: 'notice', message: 'its provider reports 250 calls, the code defines 500' },
  ],
  [
    'use by others',
    { provider: { ...provider, usedByOthers: { calls: 5 } } },
    { check: 'others', status: 'notice', message: 'others have used its account: 5 calls' },
  ],
  [
    'a capacity that an operator has set',
    { control: { ...UNCHANGED, capacity: { input_tokens: { ...change, capacity: 5 } } } },
    {
      ...{ check: 'operators', status: 'notice' },
      message: 'the capacity of input_tokens is set to 5 by anna (slow), until 2026-01-31 09:01:00 UTC (in 1 min)',
    },
  ],
  [
    'a changed capacity of a limit that the code no longer has',
    { control: { ...UNCHANGED, capacity: { images: { by: 'anna', reason: '', at: AT, capacity: 5 } } } },
    {
      ...{ check: 'operators', status: 'notice' },
      message: 'the capacity of images is set to 5 by anna, but the set has no such limit',
      advice: '`temporal-limits reset openai-eu images`',
    },
  ],
  [
    'such a capacity, with names that a shell would not take as they are',
    {
      set: 'spa ce',
      control: { ...UNCHANGED, capacity: { 'gpu[0]': { by: 'anna', reason: '', at: AT, capacity: 5 } } },
    },
    { check: 'operators', status: 'notice', set: 'spa ce', advice: "`temporal-limits reset 'spa ce' 'gpu[0]'`" },
  ],
  [
    'clients without room',
    { waiting: 1, turnedAway: 1 },
    { check: 'clients', status: 'wrong', message: 'its limiter is full and turns away about 1 client' },
  ],
  [
    'a wait of a minute',
    { waiting: 4, waitingSince: AT - 60_000, next: { ...next, bindingLimit: 'input_tokens' } },
    {
      ...{ check: 'waiting', status: 'notice' },
      message: expect.stringMatching(/^4 wait, the oldest for 1 min: LIMIT: input_tokens has no room: /) as unknown,
    },
  ],
  [
    'a request that never fits, at once',
    { waiting: 4, next: { ...next, amounts: { input_tokens: 1_001 }, bindingLimit: 'input_tokens' } },
    {
      ...{ check: 'waiting', status: 'wrong', advice: 'Raise the capacity, or request less at once.' },
      message: expect.stringMatching(/^4 wait, the oldest for 0 s: TOO_BIG: The next request needs 1001 /) as unknown,
    },
  ],
])('%s is found, and nothing else', (_, own, finding) => {
  const found = checked([anInspection(), anInspection(own)]).filter(({ status }) => status !== 'ok');
  expect(found).toMatchObject([{ set: 'openai-eu', ...finding }]);
});

it('nothing is found where who waits will be served within the minute', () => {
  const waiting = { waiting: 3, waitingSince: AT - 59_999, next: { ...next, bindingLimit: 'input_tokens' } };
  expect(findingsOf(anInspection({ ...waiting, provider }))).toEqual([]);
});

describe('a request that is too large for what counts now', () => {
  const tooBig = (source: 'operator' | 'provider' | 'adaptive', own: Partial<Inspection> = {}, needed = 400) => {
    const [limit] = anInspection().limits;
    const limits = [{ ...limit!, capacity: 100, source }];
    const asks = { ...next, amounts: { input_tokens: needed }, bindingLimit: 'input_tokens' };
    const found = findingsOf(anInspection({ limits, waiting: 2, waitingSince: AT - 60_000, next: asks, ...own }));
    return found.find(({ check }) => check === 'waiting');
  };
  const set = (own: object) => ({
    control: { ...UNCHANGED, capacity: { input_tokens: { by: 'anna', reason: '', at: AT, capacity: 100, ...own } } },
  });
  const reset = '`temporal-limits reset openai-eu input_tokens` restores the capacity in the code.';

  it('is no fault where an operator has set it, whether that ends or not', () => {
    expect(tooBig('operator', set({}))).toMatchObject({ status: 'notice', advice: reset });
    const advice = `Wait until the change ends, or end it: ${reset}`;
    expect(tooBig('operator', set({ until: AT + 1_000 }))).toMatchObject({ status: 'notice', advice });
  });

  it('is one where the code does not define enough either', () => {
    expect(tooBig('operator', set({}), 2_000)).toMatchObject({
      status: 'wrong',
      advice: 'Raise the capacity, or request less at once.',
    });
  });

  it.each([
    ['provider', /^The provider has lowered it: /],
    ['adaptive', /^It has adapted to what the provider accepts: /],
  ] as const)('is one where the %s has lowered it, and no change ends', (source, advice) => {
    expect(tooBig(source)).toMatchObject({ status: 'wrong', advice: expect.stringMatching(advice) as unknown });
  });
});

describe('an operator’s pause', () => {
  const control = (pause: Inspection['control']['pause']) => ({ control: { ...UNCHANGED, pause: pause! } });
  const paused = { by: 'anna', reason: '', at: AT };

  it('is told once, and not as one of the provider', () => {
    const found = findingsOf(
      anInspection({ ...control(paused), provider: { ...provider, state: 'PAUSED', cause: 'rate_limit' } }),
    );
    expect(found).toEqual([{ check: 'operators', set: 'openai-eu', status: 'notice', message: 'paused by anna' }]);
  });

  it('is no fault, even if somebody waits and it has no end', () => {
    const statuses = (pause: object) =>
      findingsOf(anInspection({ ...control({ ...paused, ...pause }), waiting: 1, waitingSince: AT - 70_000 })).map(
        ({ check, status }) => `${check} ${status}`,
      );
    expect(statuses({})).toEqual(['operators notice']);
    expect(statuses({ until: AT + 60_000 })).toEqual(['operators notice']);
  });
});

const silent = (set: string, cause: 'UNHOSTED' | 'NOT_STARTED' = 'UNHOSTED') =>
  silenceOf({ set, cause, summary: 'Nobody runs it.', waiting: 0 });

it('a limiter that does not answer is wrong, one that has completed since it was listed is not', () => {
  expect(silent('a')).toEqual([
    { check: 'limiters', set: 'a', status: 'wrong', message: 'its limiter does not answer: UNHOSTED: Nobody runs it.' },
  ]);
  expect(silent('a', 'NOT_STARTED')).toEqual([]);
});

it('the worst comes first, then by name', () => {
  const notices = findingsOf(anInspection({ set: 'a', provider: { ...provider, guardMs: 400 } }));
  const sorted = byUrgency([...notices, ...silent('z'), ...silent('b')]);
  expect(sorted.map(({ set }) => set)).toEqual(['b', 'z', 'a']);
});
