import { CallLimit, ResourceLimit } from '../../../src/limiter/definition/limits';
import { VirtualLimiter } from '../../support/virtual-limiter';

const connections = (capacity: number) => new ResourceLimit({ key: 'connections', capacity });

describe('a timeout where a limiter decides', () => {
  test('says what it waited for, and who was ahead in the process', async () => {
    const limiter = new VirtualLimiter([connections(1), new CallLimit({ windowSeconds: 60, capacity: 100 })]);
    const { set } = limiter.process();
    const held = set.acquire();
    await limiter.clock.advance(100);
    await held;
    const ahead = set.acquire();
    const refused = expect(set.acquire({ timeout: 500 })).rejects.toMatchObject({
      name: 'AcquireTimeoutError',
      limitSet: 'set',
      timeoutMs: 500,
      limit: 'connections',
      needed: 1,
      free: 0,
      ahead: 1,
      expectedInMs: undefined,
    });
    await limiter.clock.advance(600);
    await refused;
    await (await held).release();
    await limiter.clock.advance(1_000);
    expect((await ahead).successful).toBe(true);
  });

  test('counts nobody ahead who asks for something else', async () => {
    const limiter = new VirtualLimiter([
      connections(1),
      new CallLimit({ key: 'calls', windowSeconds: 60, capacity: 1 }),
    ]);
    const { set } = limiter.process();
    const held = set.acquire();
    await limiter.clock.advance(100);
    await held;
    set.acquire({ requested: { calls: 1, connections: 0 } }).catch(() => undefined);
    const refused = expect(
      set.acquire({ requested: { calls: 0, connections: 1 }, timeout: 500 }),
    ).rejects.toMatchObject({ limit: 'connections', ahead: 0 });
    await limiter.clock.advance(600);
    await refused;
  });
});

test('maxWaiting bounds those that wait in the process for a limiter', async () => {
  const limiter = new VirtualLimiter([connections(1)]);
  const { set } = limiter.process({ maxWaiting: 2 });
  const other = limiter.process().set.acquire();
  await limiter.clock.advance(100);
  const waiting = [set.acquire(), set.acquire()];
  await expect(set.acquire()).rejects.toMatchObject({ name: 'QueueFullError', limitSet: 'set', maxWaiting: 2 });
  await limiter.clock.advance(100);
  await (await other).release();
  await limiter.clock.advance(1_000);
  await (await waiting[0])!.release();
  await limiter.clock.advance(1_000);
  expect((await waiting[1])!.successful).toBe(true);
});

describe('units for one who asks for nothing else', () => {
  const both = { connections: 1, calls: 1 };
  const onlyCalls = { connections: 0, calls: 1 };
  const limits = [connections(1), new CallLimit({ key: 'calls', windowSeconds: 60, capacity: 100 })];

  test('are not kept by one who waits for a permit that another process has', async () => {
    const limiter = new VirtualLimiter(limits);
    const [holder, other] = [limiter.process().set, limiter.process().set];
    const held = holder.acquire({ requested: both });
    await limiter.clock.advance(100);
    const waiting = other.acquire({ requested: both });
    await limiter.clock.advance(600);
    const passes = other.acquire({ requested: onlyCalls });
    await limiter.clock.advance(1_000);
    expect(await Promise.race([passes, Promise.resolve('waits')])).toMatchObject({ successful: true });
    await (await held).release();
    await limiter.clock.advance(1_000);
    expect((await waiting).successful).toBe(true);
  });

  test('are not kept by one who waits for a permit that is held for long in its own process', async () => {
    const limiter = new VirtualLimiter(limits);
    const { set } = limiter.process();
    const before = set.acquire({ requested: both });
    await limiter.clock.advance(60_000);
    await (await before).release();
    const held = set.acquire({ requested: both });
    await limiter.clock.advance(1_000);
    const waiting = set.acquire({ requested: both });
    await limiter.clock.advance(600);
    const passes = set.acquire({ requested: onlyCalls });
    await limiter.clock.advance(1_000);
    expect(await Promise.race([passes, Promise.resolve('waits')])).toMatchObject({ successful: true });
    await (await held).release();
    await limiter.clock.advance(1_000);
    expect((await waiting).successful).toBe(true);
  });
});
