import { LimitPool, LimitSet, RateLimit, ResourceLimit, type Amounts } from '../../src/index';

/** Names that every object has, of which one sets the prototype where it is assigned to. */
const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype'];

/** As JSON has it: an own entry, whatever its name. */
const entry = (name: string, amount: number): Amounts => JSON.parse(`{${JSON.stringify(name)}:${amount}}`) as Amounts;

describe.each(NAMES)('a limit with the key %s', (key) => {
  it('counts permits like any other', async () => {
    const set = new LimitSet({ limits: [new ResourceLimit({ key, capacity: 2 })] });
    const slot = await set.acquire({ requested: entry(key, 2) });
    expect(Object.entries(slot.requested)).toEqual([[key, 2]]);
    expect((await set.tryAcquire()).successful).toBe(false);
    expect(await set.get(key).getStats()).toEqual({ capacity: 2, available: 0, utilization: 1 });
    await slot.release();
    expect((await set.get(key).getStats()).available).toBe(2);
  });

  it('counts units like any other', async () => {
    const set = new LimitSet({ limits: [new RateLimit({ key, windowSeconds: 60, capacity: 5, algorithm: 'GCRA' })] });
    await set.use({ requested: entry(key, 5) }, (slot) => {
      slot.update({ usage: entry(key, 1) });
    });
    expect((await set.get(key).getStats()).available).toBeCloseTo(4, 2);
    await expect(set.acquire()).rejects.toMatchObject({ name: 'RateAmountRequiredError' });
  });

  it('is not held by who left it out', async () => {
    const set = new LimitSet({ limits: [new ResourceLimit({ key, capacity: 1 })] });
    await set.use({ requested: entry(key, 0) }, () => set.use({ timeout: 0 }, () => undefined));
    await set.use({}, () =>
      expect(set.acquire({ requested: entry(key, 1) })).rejects.toMatchObject({ name: 'NestedAcquireError' }),
    );
  });

  it('is unknown to a set that has none such', async () => {
    const set = new LimitSet({ limits: [new ResourceLimit({ key: 'connections', capacity: 1 })] });
    expect(() => set.get(key)).toThrow(`Unknown limit "${key}"`);
    await expect(set.acquire({ requested: entry(key, 1) })).rejects.toMatchObject({ name: 'UnknownLimitError', key });
  });
});

it.each(NAMES)('a set and a pool may be called %s, and share by it', async (name) => {
  const options = { name, limits: [new ResourceLimit({ key: 'connections', capacity: 1 })], config: entry(name, 1) };
  const [first, second] = [new LimitSet(options), new LimitSet(options)];
  const pool = new LimitPool({ name, limitSets: [first] });
  const slot = await pool.acquire();
  expect((await second.tryAcquire()).successful).toBe(false);
  expect(Object.entries(slot.config)).toEqual([[name, 1]]);
  await slot.release();
  await Promise.all([first.close(), second.close()]);
});

it.each(['\ud800', 'a\udc00b', 'a\0b'])('a name that no server takes is refused: %p', (name) => {
  expect(() => new LimitSet({ name, limits: [] })).toThrow('Invalid name: expected well-formed text without \\0');
});

it('a key of halves of characters is a key', async () => {
  const set = new LimitSet({ limits: [new ResourceLimit({ key: '\ud800', capacity: 1 })] });
  await set.use({ requested: { '\ud800': 1 } }, () => undefined);
});

it('more limits than a limiter can hand on are refused', () => {
  const limits = Array.from({ length: 33 }, (_, i) => new ResourceLimit({ key: `limit ${i}`, capacity: 1 }));
  expect(() => new LimitSet({ limits })).toThrow('Invalid limits: expected at most 32 limits, got 33');
});
