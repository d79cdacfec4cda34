import { byUrgency, findingsOf, unansweredFinding } from '../../../src/batch/dashboard/findings';
import { UNCHANGED } from '../../../src/limiter/control/control';
import type { Inspection } from '../../../src/limiter/control/inspection';
import { historyOf, inspectedLimit, inspectionOf } from '../../support/fake-limits-admin';

const change = { by: 'ann', reason: 'they cut us', at: 0 };
const provider = { state: 'OPEN' as const, answered: 0, throttled: 0, failed: 0, ignored: 0, seen: [] };
const waiting = { at: 100_000, waiting: 4, waitingSince: 40_000 };

const CASES: readonly [string, Partial<Inspection>, string[]][] = [
  ['nothing to say', { waiting: 3, at: 99_999, waitingSince: 40_000, provider }, []],
  ['an operator’s pause', { control: { ...UNCHANGED, pause: change } }, ['notice: Paused by ann']],
  ['a circuit', { provider: { ...provider, state: 'CIRCUIT' } }, ['bad: The provider does not serve the account']],
  [
    'a provider’s pause',
    { provider: { ...provider, state: 'PAUSED' } },
    ['notice: The provider has asked for a pause'],
  ],
  ['no room', { turnedAway: 7 }, ['bad: The limiter has no room for more clients']],
  ['a long wait', waiting, ['notice: Acquisitions have waited for more than a minute']],
  [
    'a request that never fits',
    { ...waiting, next: { client: 'c', amounts: { call: 101 }, waitingSince: 0, priority: 0 } },
    ['bad: A request is larger than its limit'],
  ],
  [
    'refusals',
    { history: [{ ...historyOf(0, {})[0]!, throttled: 2 }] },
    ['notice: The provider refused 2 requests in the last hour'],
  ],
  [
    'what headers said',
    {
      provider: {
        ...provider,
        guardMs: 200,
        drift: { call: { defined: 100, reported: 50 } },
        usedByOthers: { call: 5 },
      },
    },
    [
      'notice: The provider names another size of call',
      'notice: Others use call of this account',
      'notice: The guard has widened because of refusals',
    ],
  ],
  [
    'changes that last, or do nothing',
    {
      limits: [inspectedLimit('call'), inspectedLimit('tokens')],
      control: {
        ...UNCHANGED,
        capacity: {
          call: { ...change, capacity: 1 },
          tokens: { ...change, capacity: 1, until: 5 },
          images: { ...change, capacity: 1, until: 5 },
        },
      },
    },
    [
      'notice: The capacity of call was changed for good',
      'notice: A changed capacity of images has no effect: no such limit',
    ],
  ],
];

test.each(CASES)('of %s', (_, given, expected) => {
  const found = findingsOf(inspectionOf('a', given));
  expect(found.map(({ severity, title }) => `${severity}: ${title}`)).toEqual(expected);
});

test('the worst comes first, then by name', () => {
  const [paused] = findingsOf(inspectionOf('a', { control: { ...UNCHANGED, pause: change } }));
  expect(byUrgency([paused!, unansweredFinding('z'), unansweredFinding('b')]).map(({ set }) => set)).toEqual([
    'b',
    'z',
    'a',
  ]);
});
