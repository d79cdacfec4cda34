import { CallLimit, LimitPool, LimitSet, RateLimit, ResourceLimit, type Limit } from '../../../src/index';

/** What the compiler must refuse stands behind `@ts-expect-error`: `npm run types` fails where it does not. */
const set = new LimitSet({
  limits: [
    new CallLimit({ windowSeconds: 60, capacity: 5 }),
    new RateLimit({ key: 'tokens', windowSeconds: 60, capacity: 100 }),
    new ResourceLimit({ key: 'connections', capacity: 2 }),
    new RateLimit({ key: 'usd', windowSeconds: 60, capacity: 9, counts: { images: 0.5 } }),
  ],
  config: { region: 'eu', retries: 3 },
});

it('a config keeps its type, in the set and in each acquisition', async () => {
  const region: string = set.config.region;
  const doubled = await set.use({ requested: { tokens: 1 } }, (slot) => {
    slot.update({ usage: { tokens: 1 } });
    const retries: number = slot.config.retries;
    // @ts-expect-error -- no such entry
    const missing: unknown = slot.config.model;
    return [retries * 2, missing];
  });
  expect([region, ...doubled]).toEqual(['eu', 6, undefined]);
});

it('the keys of limits that stand there as literals are known', async () => {
  // @ts-expect-error -- misspelled
  await expect(set.acquire({ requested: { token: 1 } })).rejects.toThrow('Unknown limit "token"');
  await set.use({ requested: { tokens: 1, call_count: 0, connections: 2, images: 1 } }, (slot) => {
    // @ts-expect-error -- a limit that counts units of other names is not requested by its key
    expect(() => slot.update({ usage: { usd: 1 } })).toThrow('Unknown');
    // @ts-expect-error -- misspelled
    expect(() => slot.update({ usage: { tokenz: 1 } })).toThrow('Unknown limit "tokenz"');
    slot.update({ usage: { tokens: 1, images: 1 } });
  });
});

it('a pool of unlike sets takes the keys of all, and its config the type that it is given', async () => {
  const other = new LimitSet({ limits: [new ResourceLimit({ key: 'gpus', capacity: 1 })], config: { model: 'm' } });
  const pool = new LimitPool<{ region?: string; model?: string }>({ limitSets: [set, other] });
  const slot = await pool.acquire({ requested: { connections: 1 } });
  const region: string | undefined = slot.config.region;
  expect(region).toBe('eu');
  await slot.release();
});

it('plain JSON that stands there as a literal is as good', async () => {
  const json = LimitSet.fromJSON({ limits: [{ kind: 'resource', key: 'slots', capacity: 1 }], config: { model: 'm' } });
  const model: string = json.config.model;
  // @ts-expect-error -- misspelled
  await expect(json.acquire({ requested: { slot: 1 } })).rejects.toThrow('Unknown limit "slot"');
  expect(model).toBe('m');
});

it('any key may be asked of limits whose keys are known at run time only, and of none', async () => {
  const limits: Limit[] = [new ResourceLimit({ key: 'slots', capacity: 1 })];
  const found = new LimitSet({ limits, config: {} });
  const loose: LimitSet<object> = set;
  expect([found.keys, loose.keys.length]).toEqual([['slots'], 4]);
  await (await found.acquire({ requested: { slots: 1 } })).release();
  await (await new LimitSet({ limits: [] }).acquire({ requested: { anything: 1 } })).release();
});

describe('use without its options', () => {
  const pool = new LimitPool({ limitSets: [new LimitSet({ limits: [] })] });
  it.each([
    ['of a set', new LimitSet({ limits: [] })],
    ['of a pool', pool],
  ])('%s says what is right', async (_, limits) => {
    // @ts-expect-error -- as a program without types would call it
    await expect(limits.use(async () => 1)).rejects.toThrow(
      'use(options, body) expects a function as its second argument, got undefined; without options, call use({}, body)',
    );
  });
});
