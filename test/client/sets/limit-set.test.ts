import { LimitSet } from '../../../src/client/sets/limit-set';
import { CallLimit, RateLimit, ResourceLimit } from '../../../src/limiter/definition/limits';
import { describeLimitSet } from '../../support/describe-limit-set';
import { FakeClock } from '../../support/fake-clock';
import { TurnClock } from '../../support/turn-clock';

describeLimitSet('memory mode', (options) => new LimitSet(options));

const connections = (capacity = 1) => new ResourceLimit({ key: 'connections', capacity });

/** More than a loop of tries makes in a second. */
const MOST_TRIES = 3_000_000;

/** When an acquisition that waits is served. */
function followed(acquisition: Promise<unknown>, clock: FakeClock): { servedAt: number | undefined } {
  const fate: { servedAt: number | undefined } = { servedAt: undefined };
  acquisition.then(
    () => (fate.servedAt = clock.now()),
    () => undefined,
  );
  return fate;
}

describe('a limit set in memory mode', () => {
  it('takes limits of this kind or as plain JSON', () => {
    const set = new LimitSet({ limits: [connections(), { kind: 'call', windowSeconds: 60, capacity: 5 }] });
    expect(set.keys).toEqual(['connections', 'call_count']);
    expect(set.limits[1]).toBeInstanceOf(CallLimit);
  });

  it('keeps its own copy of the limits and the config', async () => {
    const limits = [connections(2)];
    const config = { region: 'eu' };
    const set = new LimitSet({ limits, config });
    limits.length = 0;
    config.region = 'us';
    expect(set.keys).toEqual(['connections']);
    expect((await set.acquire()).config).toEqual({ region: 'eu' });
  });

  it('lets a wait through at the very moment at which the units have come back', async () => {
    const clock = new FakeClock();
    const set = new LimitSet({ limits: [new CallLimit({ windowSeconds: 1, capacity: 1 })], clock });
    await set.acquire();
    let at: number | undefined;
    void set.acquire({ timeout: '2s' }).then(() => (at = clock.now()));
    await clock.advance(999);
    expect(at).toBeUndefined();
    await clock.advance(1000);
    expect(at).toBe(1000);
  });

  it.each([
    ['from when its process has had two turns to send it', {}, 1_080],
    ['after the guard that it is given', { guardMs: 200 }, 1_280],
  ])('counts a call %s', async (_, options, servedAt) => {
    const clock = new TurnClock();
    const set = new LimitSet({ limits: [new CallLimit({ windowSeconds: 1, capacity: 2 })], clock, ...options });
    await set.acquire();
    await set.acquire();
    const waits = followed(set.acquire(), clock);
    expect(set.tryAcquireNow().successful).toBe(false);
    await clock.advance(30);
    clock.giveTurn();
    await clock.advance(50);
    clock.giveTurn();
    await clock.advance(servedAt - 80 - 1);
    expect(waits.servedAt).toBeUndefined();
    await clock.advance(1);
    expect(waits.servedAt).toBe(servedAt);
    await set.close();
  });

  it('serves a loop that only ever asks', async () => {
    const set = new LimitSet({ limits: [new CallLimit({ windowSeconds: 0.001, capacity: 1 })] });
    let [served, asked] = [0, 0];
    while (served < 3 && asked < MOST_TRIES) {
      asked += 1;
      if ((await set.tryAcquire()).successful) served += 1;
    }
    expect(served).toBe(3);
    await set.close();
  });

  it('serves such a loop also where it was defined anew in the same turn', async () => {
    const limits = (capacity: number) => [new CallLimit({ windowSeconds: 0.001, capacity })];
    const [first, next] = [1, 2].map((version) => new LimitSet({ name: 'anew', version, limits: limits(version) }));
    await Promise.all([first!.acquire(), next!.acquire()]);
    let [isServed, asked] = [false, 0];
    while (!isServed && asked < MOST_TRIES) {
      asked += 1;
      isServed = (await next!.tryAcquire({ requested: { call_count: 2 } })).successful;
    }
    expect(isServed).toBe(true);
    await Promise.all([first!.close(), next!.close()]);
  });

  it('gives back at the release what a call does not need that has not started yet', async () => {
    const clock = new TurnClock();
    const limit = new RateLimit({ key: 'tokens', windowSeconds: 1, capacity: 10, unused: 'returned' });
    const set = new LimitSet({ limits: [limit], clock });
    const slot = await set.acquire({ requested: { tokens: 8 } });
    const waits = followed(set.acquire({ requested: { tokens: 9 } }), clock);
    slot.update({ usage: { tokens: 1 } });
    await slot.release();
    await clock.advance(0);
    expect(waits.servedAt).toBe(0);
    await set.close();
  });

  it('charges an overage as debt where the limit says so', async () => {
    const clock = new FakeClock();
    const limits = [
      new RateLimit({ key: 'tokens', windowSeconds: 1, capacity: 10, algorithm: 'TokenBucket', overage: 'charge' }),
    ];
    const set = new LimitSet({ limits, clock });
    const slot = await set.acquire({ requested: { tokens: 10 } });
    slot.update({ usage: { tokens: 15 } });
    await slot.release();
    expect((await set.getStats()).limits['tokens']).toEqual({ capacity: 10, available: -5, utilization: 1.5 });
    expect(set.expectedWaitMs({ tokens: 1 })).toBeCloseTo(600);
  });

  it('tells what is taken and who waits, and nothing of the config', async () => {
    const set = new LimitSet({ name: 'stats', shared: false, limits: [connections()], config: { apiKey: 'secret' } });
    const slot = await set.acquire();
    const waiting = set.acquire();
    const stats = await set.getStats();
    expect(stats).toEqual({
      name: 'stats',
      limits: { connections: { capacity: 1, available: 0, utilization: 1 } },
      waiting: 1,
    });
    await slot.release();
    await (await waiting).release();
  });

  it('without limits allows everything at no cost', async () => {
    const set = new LimitSet({ limits: [] });
    const slots = await Promise.all(Array.from({ length: 100 }, () => set.acquire({ requested: { tokens: 1e9 } })));
    expect(slots.every(({ successful }) => successful)).toBe(true);
    for (const slot of slots) slot.update({ usage: { tokens: 5 } });
    for (const slot of slots) await slot.release();
    expect(await set.getStats()).toEqual({ name: undefined, limits: {}, waiting: 0 });
  });

  it('shows each of its limits', async () => {
    const set = new LimitSet({
      limits: [connections(2), new RateLimit({ key: 'tokens', windowSeconds: 60, capacity: 10 })],
    });
    const view = set.get('connections');
    expect(view.definition).toEqual(connections(2));
    expect([view.key, view.capacity, view.canAcquire(2)]).toEqual(['connections', 2, true]);
    await set.acquire({ requested: { tokens: 1 } });
    expect([view.canAcquire(), view.canAcquire(2), set.get('tokens').canAcquire(9)]).toEqual([true, false, true]);
    expect(await view.getStats()).toEqual({ capacity: 2, available: 1, utilization: 0.5 });
    expect(() => set.get('tokens').validateUsage(1, -2)).toThrow('Invalid usage -2');
    expect(() => view.canAcquire(3)).toThrow('capacity is 2');
    expect(() => set.get('typo')).toThrow('Unknown limit "typo"');
  });

  it('fails what waits and ends what is held when it is closed', async () => {
    const set = new LimitSet({ limits: [connections()] });
    const slot = await set.acquire();
    const { signal } = slot;
    const waiting = set.acquire();
    const failed = expect(waiting).rejects.toMatchObject({ name: 'LimiterUnavailableError' });
    await set.close();
    await set.close();
    await failed;
    expect(signal.reason).toMatchObject({
      name: 'LeaseLostError',
      message: expect.stringMatching(/^What is held of ".+" counts no longer\. .*it has been closed$/) as string,
      cause: { name: 'LimiterUnavailableError' },
    });
    await slot.release();
    await expect(set.acquire()).rejects.toMatchObject({ name: 'LimiterUnavailableError' });
  });
});

describe('limit sets of one name', () => {
  const named = (capacity: number, version = 1) =>
    new LimitSet({ name: 'shared', limits: [connections(capacity)], version });

  it('share their limits until the last is closed', async () => {
    const [first, second] = [named(1), named(1)];
    await first.acquire();
    expect((await second.tryAcquire()).successful).toBe(false);
    await first.close();
    expect((await second.tryAcquire()).successful).toBe(false);
    await second.close();
    const third = named(1);
    expect((await third.tryAcquire()).successful).toBe(true);
    await third.close();
  });

  it('must define the same under one version', async () => {
    const first = named(1);
    expect(() => named(2)).toThrow(
      expect.objectContaining({
        name: 'DefinitionConflictError',
        differences: [{ limit: 'connections', option: 'capacity', mine: '2', running: '1' }],
        message: expect.stringMatching(
          /capacity of "connections" is 2 here, but 1 where it runs.*Give the newer definition a higher version/,
        ) as string,
      }) as Error,
    );
    await first.close();
    await named(2).close();
  });

  it('are private if they say so, or have no name', async () => {
    const make = (name?: string) => new LimitSet({ name, shared: false, limits: [connections()] });
    for (const set of [make('private'), make('private'), make(), make()]) {
      expect((await set.tryAcquire()).successful).toBe(true);
    }
  });
});

describe('a limit set as JSON', () => {
  it('becomes the same set again, with nothing left open', () => {
    const set = new LimitSet({
      name: 'json',
      shared: false,
      version: 3,
      limits: [connections(2), new RateLimit({ key: 'tokens', windowSeconds: 60, capacity: 10, overage: 'charge' })],
      config: { taskQueue: 'llm' },
      leaseMs: 5_000,
    });
    const text = JSON.stringify(set);
    const again = LimitSet.fromJSON(JSON.parse(text) as ReturnType<LimitSet['toJSON']>);
    expect(JSON.stringify(again)).toBe(text);
    expect(again.limits).toEqual(set.limits);
    expect(JSON.parse(text)).toMatchObject({ algorithm: 'SlidingWindow', leaseMs: 5_000, horizonMs: 500 });
    expect(JSON.parse(text)).not.toHaveProperty('guardMs');
    const withGuard = (guardMs: number) => new LimitSet({ limits: [], guardMs }).toJSON();
    expect([withGuard(0), LimitSet.fromJSON(withGuard(20)).toJSON()]).toMatchObject([{ guardMs: 0 }, { guardMs: 20 }]);
  });
});

describe('options of a limit set', () => {
  it.each([
    [{ mode: 'temporal', limits: [] }, 'name'],
    [{ mode: 'temporal', name: 'x', shared: false, limits: [] }, 'shared'],
    [{ shared: true, limits: [] }, 'name'],
    [{ name: '', limits: [] }, 'name'],
    [{ mode: 'redis', limits: [] }, 'mode'],
    [{ mode: '__proto__', limits: [] }, 'mode'],
    [{ limits: undefined }, 'limits'],
    [{ limits: [null] }, 'limits[0]'],
    [{ limits: [{ kind: 'constructor' }] }, 'kind'],
    [{ limits: [], version: 0 }, 'version'],
    [{ limits: [], version: 1.5 }, 'version'],
    [{ limits: [], algorithm: 'toString' }, 'algorithm'],
    [{ limits: [], leaseMs: NaN }, 'leaseMs'],
    [{ limits: [], guardMs: -1 }, 'guardMs'],
    [{ limits: [], horizonMs: 0 }, 'horizonMs'],
    [{ limits: [], onUnavailable: 'panic' }, 'onUnavailable'],
    [{ limits: [], config: { when: new Date() } }, 'config.when'],
    [{ limits: [], config: { a: [NaN] } }, 'config.a[0]'],
    [{ limits: [{ kind: 'call', windowSeconds: 1e-9, capacity: 1 }] }, 'windowSeconds'],
    [{ limits: [{ kind: 'call', windowSeconds: 1e300, capacity: 1 }] }, 'windowSeconds'],
    [{ limits: [{ kind: 'resource', key: 'r', capacity: 2 ** 60 }] }, 'capacity'],
  ])('%j is refused, naming %s', (options, option) => {
    expect(() => new LimitSet(options as never)).toThrow(
      expect.objectContaining({ name: 'InvalidLimitError', option }) as Error,
    );
  });

  it('refuse a config that refers to itself', () => {
    const config: Record<string, unknown> = {};
    config['self'] = { config };
    expect(() => new LimitSet({ limits: [], config })).toThrow('a cycle');
  });

  it('name no config value in an error', () => {
    const config = { apiKey: Symbol('secret-key') };
    expect(() => new LimitSet({ limits: [], config })).toThrow(/^(?!.*secret).*$/);
  });

  it('take keys that mean something to JavaScript as what they are', async () => {
    const set = new LimitSet<object, string>({
      limits: [
        new ResourceLimit({ key: '__proto__', capacity: 1 }),
        new ResourceLimit({ key: 'constructor', capacity: 1 }),
      ],
      config: JSON.parse('{"__proto__":{"polluted":true}}') as object,
    });
    const slot = await set.acquire({ requested: JSON.parse('{"__proto__":1}') as Record<string, number> });
    expect(Object.entries(slot.requested)).toEqual([
      ['__proto__', 1],
      ['constructor', 1],
    ]);
    expect(Object.keys((await set.getStats()).limits)).toEqual(['__proto__', 'constructor']);
    expect(Object.keys(slot.config)).toEqual(['__proto__']);
    expect('polluted' in slot.config).toBe(false);
    await expect(set.acquire({ requested: { toString: 1 } })).rejects.toMatchObject({ key: 'toString' });
  });

  it.each([NaN, Infinity, 'high'])('refuse the priority %p', async (priority) => {
    const set = new LimitSet({ limits: [connections()] });
    await expect(set.acquire({ priority: priority as number })).rejects.toMatchObject({ option: 'priority' });
    await expect(set.tryAcquire({ priority: priority as number })).rejects.toMatchObject({ option: 'priority' });
  });
});
