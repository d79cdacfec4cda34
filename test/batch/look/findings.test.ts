import { findingsOf } from '../../../src/batch/look/findings';
import { type Inspection } from '../../../src/limiter/control/inspection';
import { anInspection, AT } from '../../support/fake-sets';

const provider = { answered: 0, throttled: 0, failed: 0, ignored: 0, seen: [] };
const change = { by: 'anna', reason: 'slow', at: AT, until: AT + 60_000 };

it.each<[string, Partial<Inspection>, object]>([
  [
    'a provider that does not serve',
    { provider: { ...provider, state: 'CIRCUIT', cause: 'unauthorized', until: AT + 8_000 } },
    {
      ...{ check: 'providers', status: 'wrong' },
      message: 'its provider is set aside (unauthorized), tries again in 0:08',
    },
  ],
  [
    'a provider that asks for a pause',
    { provider: { ...provider, state: 'PAUSED', cause: 'rate_limit', until: AT + 8_000 } },
    { check: 'providers', status: 'notice', message: 'its provider is paused (rate_limit), tries again in 0:08' },
  ],
  [
    'a widened guard',
    { provider: { ...provider, state: 'OPEN', guardMs: 400 } },
    { check: 'guards', status: 'notice' },
  ],
  [
    'drift',
    { provider: { ...provider, state: 'OPEN', drift: { calls: { defined: 500, reported: 250 } } } },
    { check: 'drift', status: 'notice', message: 'its provider says 250 calls, the code 500' },
  ],
  [
    'a capacity that an operator has set',
    { control: { revision: 1, log: [], capacity: { calls: { ...change, capacity: 5 } } } },
    {
      ...{ check: 'operators', status: 'notice' },
      message: 'calls is set to 5 by anna (slow), until 2026-01-31 09:01:00 UTC (in 1:00)',
    },
  ],
  ['clients without room', { turnedAway: 3 }, { check: 'clients', status: 'wrong' }],
])('%s is found', (_, own, finding) => {
  const found = findingsOf([anInspection(), anInspection(own)]).filter(({ status }) => status !== 'ok');
  expect(found).toMatchObject([{ set: 'openai-eu', ...finding }]);
});

it('an operator’s pause is told once, and not as one of the provider', () => {
  const paused = { by: 'anna', reason: '', at: AT };
  const found = findingsOf([
    anInspection({
      control: { revision: 1, capacity: {}, log: [], pause: paused },
      provider: { ...provider, state: 'PAUSED', cause: 'rate_limit' },
    }),
  ]);
  expect(found.filter(({ status }) => status !== 'ok')).toEqual([
    { check: 'operators', set: 'openai-eu', status: 'notice', message: 'paused by anna' },
  ]);
});
