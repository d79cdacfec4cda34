import { inspectionText } from '../../../src/batch/look/inspection-text';
import { PLAIN, Style } from '../../../src/batch/text/style';
import { anInspection, AT } from '../../support/fake-sets';

const change = { by: 'anna@desk', reason: 'halved', at: AT - 60_000, until: AT + 3_600_000 };

const busy = anInspection({
  waiting: 12,
  waitingSince: AT - 4_000,
  limits: [
    {
      ...{ key: 'input_tokens', kind: 'rate', algorithm: 'TokenBucket', windowMs: 60_000 },
      ...{ defined: 1_000, capacity: 500, source: 'operator', started: 250, granted: 100, free: 150, wanted: 9_000 },
    },
    {
      ...{ key: 'connections', kind: 'resource', defined: 5, capacity: 5, source: 'code' },
      ...{ started: 5, granted: 0, free: 0, wanted: 7 },
    },
  ],
  next: {
    ...{ client: 'w-1', amounts: { input_tokens: 900, connections: 1 }, waitingSince: AT - 4_000, priority: 0 },
    ...{ bindingLimit: 'connections', expectedAt: AT + 3_000 },
  },
  turnedAway: 3,
  provider: {
    ...{ state: 'PAUSED', cause: 'rate_limit', until: AT + 8_000, answered: 40, throttled: 2, failed: 0, ignored: 0 },
    ...{ seen: [], guardMs: 400, drift: { input_tokens: { defined: 1_000, reported: 600 } } },
    usedByOthers: { input_tokens: 70 },
  },
  control: {
    revision: 4,
    capacity: { input_tokens: { ...change, capacity: 500 } },
    log: [{ ...change, revision: 4, action: 'set', capacity: { input_tokens: 500 } }],
  },
  numClients: 30,
  clients: [
    {
      ...{ id: 'w-1', where: '4711@worker-1', inUse: { connections: 5 }, waiting: 12 },
      ...{ waitingSince: AT - 4_000, heardAt: AT - 1_000, leaseEndsAt: AT + 29_000 },
    },
    {
      id: 'r-1',
      run: { workflowId: 'order-1', runId: 'r' },
      inUse: { connections: 0 },
      waiting: 0,
      heardAt: AT - 61_000,
    },
  ],
});

it('shows all there is, in words and tables', () => {
  expect(inspectionText(busy, PLAIN).split('\n')).toEqual([
    'set openai-eu (version 3): throttled; 12 wait, the oldest for 4 s',
    '┌──────────────┬──────────────┬────────────────────────┬──────────────────┬─────────┬──────┬────────┐',
    '│ limit        │     capacity │ from                   │ used             │ granted │ free │ wanted │',
    '├──────────────┼──────────────┼────────────────────────┼──────────────────┼─────────┼──────┼────────┤',
    '│ input_tokens │ 500 per 60 s │ operator (code: 1,000) │ █████▒▒░░░ 50 %  │     100 │  150 │  9,000 │',
    '│ connections  │    5 permits │ code                   │ ██████████ 100 % │       0 │    0 │      7 │',
    '└──────────────┴──────────────┴────────────────────────┴──────────────────┴─────────┴──────┴────────┘',
    'next: w-1 needs 900 input_tokens, 1 connections, waits for connections, has waited 4 s, expected in 3 s',
    'turned away: about 3 clients, for which there is no room',
    'provider: throttled (rate_limit), tries again in 8 s; 40 answered, 2 throttled, 0 failed',
    'the guard has widened to 400 ms after unexplained refusals',
    'input_tokens: the provider reports 600, the code defines 1,000',
    'input_tokens: 70 used by others in total',
    'input_tokens has 500 by anna@desk (halved), until 2026-01-31 10:00:00 UTC (in 1 h)',
    '┌────────┬──────────────────┬───────────────┬─────────┬────────┬───────────────┬────────────┐',
    '│ client │ where            │ in use        │ waiting │ oldest │         heard │ lease ends │',
    '├────────┼──────────────────┼───────────────┼─────────┼────────┼───────────────┼────────────┤',
    '│ w-1    │ 4711@worker-1    │ 5 connections │      12 │    4 s │       1 s ago │    in 29 s │',
    '│ r-1    │ workflow order-1 │ –             │       0 │      – │ 1 min 1 s ago │          – │',
    '└────────┴──────────────────┴───────────────┴─────────┴────────┴───────────────┴────────────┘',
    '2 of 30 clients',
    'latest changes:',
    '  4. 2026-01-31 08:59:00 UTC set input_tokens=500 by anna@desk (halved), until 2026-01-31 10:00:00 UTC',
    '',
  ]);
});

it.each([
  [undefined, 'expected after `resume`'],
  [AT + 600_000, 'expected in 10 min'],
  [AT + 1_000, 'expected in 3 s'],
])('expects nothing before a pause until %s ends', (until, expected) => {
  const pause = { by: 'anna', reason: '', at: AT, ...(until !== undefined && { until }) };
  const text = inspectionText({ ...busy, control: { ...busy.control, pause } }, PLAIN);
  expect(text).toContain(`waits for connections, has waited 4 s, ${expected}\n`);
});

it('says little of a set at rest', () => {
  expect(inspectionText(anInspection(), PLAIN).split('\n')).toHaveLength(7);
});

it('has colours where there are some', () => {
  expect(inspectionText(busy, new Style(true))).toContain('\u001b[33mthrottled\u001b[39m');
});

it('shows of a reset what the capacity was before', () => {
  const log = [{ by: 'anna', reason: '', at: AT, revision: 5, action: 'reset' as const, capacity: { rpm: 20 } }];
  expect(inspectionText(anInspection({ control: { revision: 5, capacity: {}, log } }), PLAIN)).toContain(
    '  5. 2026-01-31 09:00:00 UTC reset rpm (was 20) by anna\n',
  );
});

it('writes one of a thing in the singular', () => {
  const permit = { key: 'connections', kind: 'resource', defined: 1, capacity: 1, source: 'code' } as const;
  const limits = [{ ...permit, started: 1, granted: 0, free: 0, wanted: 1 }];
  const text = inspectionText(anInspection({ limits, waiting: 1, waitingSince: AT }), PLAIN);
  expect(text).toContain('1 waits, the oldest for 0 s\n');
  expect(text).toContain('1 permit │');
});
