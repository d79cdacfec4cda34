import { collectMetrics, limiterMetrics } from '../../../src/batch/metrics/limiter-metrics';
import type { Inspection } from '../../../src/limiter/control/inspection';
import { Markdown } from '../../packaging/markdown';
import { FakeLimitsAdmin, inspectedLimit, inspectionOf } from '../../support/fake-limits-admin';

const inspection = (set: string, more: Partial<Inspection> = {}): Inspection =>
  inspectionOf(set, {
    ...{ at: 100_000, waiting: 3, waitingSince: 97_500, numClients: 2 },
    limits: [inspectedLimit('calls', { defined: 500, capacity: 100, started: 40, granted: 10, wanted: 7 })],
    ...more,
  });

const lines = async (...sets: readonly Inspection[]): Promise<string[]> => {
  const text = await limiterMetrics(sets.map((each) => ({ set: each.set, inspection: each })));
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
};

it('shows who waits and what counts, for each set and limit', async () => {
  expect(await lines(inspection('openai'))).toEqual([
    'temporal_limits_limiter_sets{limits_set="openai",limits_state="waiting"} 1',
    'temporal_limits_limiter_clients{limits_set="openai"} 2',
    'temporal_limits_limiter_waiting{limits_set="openai"} 3',
    'temporal_limits_limiter_turned_away{limits_set="openai"} 0',
    'temporal_limits_limiter_oldest_wait_seconds{limits_set="openai"} 2.5',
    'temporal_limits_limiter_capacity{limits_set="openai",limits_key="calls"} 100',
    'temporal_limits_limiter_defined_capacity{limits_set="openai",limits_key="calls"} 500',
    'temporal_limits_limiter_started{limits_set="openai",limits_key="calls"} 40',
    'temporal_limits_limiter_granted{limits_set="openai",limits_key="calls"} 10',
    'temporal_limits_limiter_wanted{limits_set="openai",limits_key="calls"} 7',
  ]);
});

it('adds the sets of a template up under its name, and takes the longest of their waits', async () => {
  const found = await lines(inspection('acme[jane]', { waitingSince: 90_000 }), inspection('acme[joe]'));
  expect(found).toContain('temporal_limits_limiter_sets{limits_set="acme",limits_state="waiting"} 2');
  expect(found).toContain('temporal_limits_limiter_waiting{limits_set="acme"} 6');
  expect(found).toContain('temporal_limits_limiter_oldest_wait_seconds{limits_set="acme"} 10');
  expect(found.join()).not.toMatch(/jane|joe/);
});

it.each([
  ['paused', { control: { revision: 1, pause: { by: 'me', reason: '', at: 0 }, capacity: {}, log: [] } }],
  ['throttled', { provider: { state: 'PAUSED' } }],
  ['circuit_open', { provider: { state: 'CIRCUIT' } }],
])('says of a set that it is %s', async (state, more) => {
  const found = await lines(inspection('openai', more as Partial<Inspection>));
  expect(found[0]).toBe(`temporal_limits_limiter_sets{limits_set="openai",limits_state="${state}"} 1`);
});

it('knows of a limiter that does not answer only that it does not', async () => {
  const text = await limiterMetrics([{ set: 'openai', inspection: undefined }]);
  expect(text.split('\n').filter((line) => /^[^#]/.test(line))).toEqual([
    'temporal_limits_limiter_sets{limits_set="openai",limits_state="unanswered"} 1',
  ]);
});

it('the guide has each of these metrics with its labels, and no other', async () => {
  const guide = new Markdown('docs/guide/metrics.md').text;
  const documented = [...guide.matchAll(/^\| `(temporal_limits_limiter_\w+)` *\| ([^|]*)/gm)].map(([, name, labels]) =>
    [name, ...(labels?.match(/\w+/g) ?? [])].join(' '),
  );
  const shown = (await lines(inspection('openai'))).map((line) =>
    [...(/^\w+/.exec(line) ?? []), ...[...line.matchAll(/(\w+)=/g)].map(([, label]) => label)].join(' '),
  );
  expect(documented).toEqual(shown);
});

it('looks at every limiter, also where some do not answer', async () => {
  const admin = new FakeLimitsAdmin(inspectionOf('a'));
  admin.unanswered.add('b');
  const found = await collectMetrics(admin);
  expect(found).toContain('sets{limits_set="a",limits_state="serving"} 1');
  expect(found).toContain('sets{limits_set="b",limits_state="unanswered"} 1');
  admin.isAway = true;
  await expect(collectMetrics(admin)).rejects.toThrow('no connection');
});
