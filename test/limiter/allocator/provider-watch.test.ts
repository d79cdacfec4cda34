import { calls, permits, tokens } from '../../../simulator/scenario/definitions';
import type { Feedback, Push } from '../../../src/limiter/protocol/wire';
import { Desk, granted, START } from '../../support/desk';

const THROTTLED: Feedback = { ok: 0, throttled: 1, failed: 0, cause: 'rate_limit' };
const WANTED = [1, 1];

/** A limiter whose clients each have permits, and five requests that wait, and whose provider has just throttled the first client. */
function throttled(feedback: Partial<Feedback>, clients = ['a', 'b']): Desk {
  const desk = new Desk([calls(100, 1_000), permits(4)]);
  for (const client of clients) desk.says(client, { demand: [WANTED] });
  desk.turn();
  desk.now += 1_000;
  for (const client of clients)
    desk.says(client, {
      demand: Array.from({ length: 5 }, () => WANTED),
      returned: [granted(desk.heard.get(client)), 0],
    });
  desk.says(clients[0]!, { demand: Array.from({ length: 5 }, () => WANTED), feedback: { ...THROTTLED, ...feedback } });
  desk.turn();
  return desk;
}

/** Goes on until one is told to try, and says what it has heard. */
function probe(desk: Desk): Push {
  for (;;) {
    const [chosen] = desk.turn(desk.again - desk.now).filter(({ provider }) => provider?.probe !== undefined);
    if (chosen !== undefined) return chosen;
  }
}

const until = (desk: Desk, client: string): number => desk.heard.get(client)!.provider!.until - START;

describe('when a pause ends', () => {
  it.each([
    { at: START + 400, ends: 3_400, what: 'what it said so long ago' },
    { at: undefined, ends: 4_000, what: 'an older client, which does not say when' },
    { at: START + 9_000, ends: 4_000, what: 'no later moment than now, whatever a client says' },
    { at: 0, ends: 1_000 - 300_000 + 3_000, what: 'no earlier one than the longest pause ago' },
  ])('counts from $what', ({ at, ends }) => {
    const desk = throttled({ holdMs: 3_000, ...(at !== undefined && { at }) });
    expect(until(desk, 'b')).toBe(ends);
  });

  it('takes what it said for as old where there is no hint, too: a late message makes no pause longer', () => {
    expect(until(throttled({ at: START + 700 }), 'b')).toBe(1_700);
  });

  it.each([NaN, Infinity, -1, '0'])('does not understand a client that says %p', (at) => {
    const desk = throttled({ holdMs: 3_000, at: at as number });
    expect(desk.heard.get('b')!.provider).toBeUndefined();
    expect(desk.allocator.snapshot().counters.refused).toBe(1);
  });
});

describe('the one that tries first', () => {
  it('hears of it before the pause ends', () => {
    const desk = throttled({ holdMs: 3_000 });
    expect(probe(desk).provider).toMatchObject({ probe: 1, until: START + 4_000 });
    expect(desk.now).toBeLessThan(START + 4_000);
  });

  it('has units for one request, and leaves the others the permits that they have', () => {
    const desk = throttled({ holdMs: 3_000 }, ['a', 'b', 'c']);
    const before = new Map(desk.heard);
    const chosen = probe(desk);
    expect(granted(chosen)).toBe(1);
    for (const [client, { levels, grants }] of desk.heard) {
      expect(levels).toEqual(before.get(client)!.levels);
      if (client !== chosen.client) expect(grants).toEqual([]);
    }
  });

  it('shares what there is with all when it was served', () => {
    const desk = throttled({ holdMs: 3_000 });
    const { client: prober } = probe(desk);
    const demand = Array.from({ length: 4 }, () => WANTED);
    desk.now = START + 4_000;
    desk.says(prober, { demand, used: [[desk.now, 1, 0]], feedback: { ...THROTTLED, ok: 1, probe: [1, 'ok'] } });
    desk.turn();
    for (const client of ['a', 'b']) {
      expect(granted(desk.heard.get(client))).toBeGreaterThanOrEqual(4);
      expect(desk.heard.get(client)!.levels).toEqual([0, 2]);
    }
  });
});

test('answers end no guard after a refusal that is not explained: its provider may count later', () => {
  /** Whether a call counts no longer a window and 20 ms after its start, which was answered after 5 ms. */
  const isFree = (before: Feedback): boolean => {
    const desk = new Desk([calls(1, 200)]);
    desk.says('a', { demand: [[1]], feedback: before });
    desk.turn();
    desk.turn(1_500);
    expect(granted(desk.heard.get('a'))).toBe(1);
    const startedAt = desk.now;
    desk.turn(8);
    desk.says('a', { used: [[startedAt, 1]], answered: [5] });
    desk.turn(startedAt + 220 - desk.now);
    return desk.available('calls') === 1;
  };
  expect(isFree({ ok: 1, throttled: 0, failed: 0 })).toBe(true);
  expect(isFree({ ...THROTTLED, cause: 'overloaded' })).toBe(true);
  expect(isFree(THROTTLED)).toBe(false);
});

describe('one that waits for its limits', () => {
  const DAY_MS = 86_400_000;
  const REFUSED: Feedback = { ok: 0, throttled: 1, failed: 0, cause: 'rate_limit' };

  /** Calls by the minute, and tokens by the day, which are used up: whoever wants some waits until tomorrow. */
  function usedUp(): Desk {
    const desk = new Desk([calls(60, 60_000), tokens(100, DAY_MS)]);
    desk.says('z', { demand: [[1, 100]] });
    desk.turn();
    desk.says('z', { used: [[desk.now, 1, 100]] });
    desk.turn();
    return desk;
  }

  it.each([
    ['tokens that are used up', { changes: false, wanted: [1, 50] }],
    ['more than an operator has left', { changes: true, wanted: [20, 0] }],
  ])('is not the one that tries first: %s', (_what, { changes, wanted }) => {
    const desk = usedUp();
    if (changes) desk.allocator.change({ action: 'set', capacity: { calls: 10 } }, desk.now);
    for (const client of ['a', 'b']) desk.says(client, { demand: [wanted] });
    desk.turn(1_000);
    desk.says('c', { demand: [[1, 0]], feedback: REFUSED });
    desk.turn();
    const chosen = probe(desk);
    expect([chosen.client, granted(chosen)]).toEqual(['c', 1]);
    expect(desk.now - START).toBeLessThan(3_000);
  });

  it('leaves a suspension to its end where else only runs wait', () => {
    const desk = usedUp();
    desk.says('a', { demand: [[1, 50]] });
    desk.turn(1_000);
    desk.says('c', { feedback: REFUSED });
    desk.turn();
    desk.says('run', { queue: 'workflow:00000000-0000-0000-0000-000000000000:order', demand: [[1, 0]] });
    while (granted(desk.heard.get('run')) === 0) desk.turn(100);
    expect(desk.now - START).toBeLessThan(5_000);
  });

  it('may try once its limits are about to have room', () => {
    const desk = usedUp();
    desk.says('a', { demand: [[1, 50]], feedback: REFUSED });
    desk.turn(1_000);
    desk.now = START + DAY_MS - 90_000;
    desk.says('b', { demand: [[1, 50]] });
    expect(desk.turn()).toMatchObject([{ client: 'b', provider: { kind: 'PAUSED' } }]);
    expect(desk.heard.get('b')?.provider?.probe).toBeUndefined();
    desk.now = START + DAY_MS - 30_000;
    desk.says('c', { demand: [[1, 50]] });
    expect(desk.turn().at(-1)).toMatchObject({ client: 'c', provider: { probe: 1 } });
  });
});

it('asks another one first that has not tried in vain yet', () => {
  const desk = throttled({ holdMs: 3_000 }, ['a', 'b', 'c']);
  const demand = Array.from({ length: 5 }, () => WANTED);
  const tried: string[] = [];
  while (tried.length < 3) {
    const { client, provider } = probe(desk);
    if (tried.at(-1) !== client) tried.push(client);
    expect(provider?.probe).toBe(tried.length);
    for (const each of ['a', 'b', 'c']) desk.says(each, { demand });
  }
  expect(new Set(tried).size).toBe(3);
});
