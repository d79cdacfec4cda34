import { configureLimits } from '../../../src/acquire/set/defaults';
import { LimitSet } from '../../../src/client/sets/limit-set';
import { RateLimit, ResourceLimit } from '../../../src/limiter/definition/limits';
import { errorWith } from '../../support/error-with';

const invalid = (option: string) => errorWith({ name: 'InvalidLimitError', option });

const makeSet = () =>
  new LimitSet({
    limits: [
      new RateLimit({ key: 'tokens', windowSeconds: 60, capacity: 10 }),
      new ResourceLimit({ key: 'connections', capacity: 1 }),
    ],
  });

describe('options that nobody would read', () => {
  it.each<[unknown, string]>([
    [undefined, 'options'],
    [null, 'options'],
    [[], 'options'],
    [{ limits: [], mdoe: 'temporal' }, 'mdoe'],
    [{ limits: [], client: 5 }, 'client'],
    [{ limits: [], client: {} }, 'client'],
    [{ limits: [], clock: 5 }, 'clock'],
    [{ limits: [], clock: { now: () => 0 } }, 'clock'],
    [{ limits: [{ kind: 'call', windowSeconds: 1, capacity: 1, algoritm: 'GCRA' }] }, 'algoritm'],
  ])('are refused by a limit set: case %#', (options, option) => {
    expect(() => new LimitSet(options as never)).toThrow(invalid(option));
  });

  it('are refused in JSON, and beside it', () => {
    expect(() => LimitSet.fromJSON(null as never)).toThrow(invalid('options'));
    expect(() => LimitSet.fromJSON({ limits: [], clock: 5 } as never)).toThrow(invalid('clock'));
    expect(() => LimitSet.fromJSON({ limits: [] }, { cleint: 5 } as never)).toThrow('did you mean client?');
    expect(() => configureLimits(null as never)).toThrow(invalid('options'));
  });

  it.each<[unknown, string]>([
    [null, 'options'],
    [5, 'options'],
    [[], 'options'],
    [{ requestd: { tokens: 1 } }, 'requestd'],
    [{ requested: null }, 'requested'],
    [{ requested: [] }, 'requested'],
    [{ requested: 5 }, 'requested'],
    [{ requested: new Map([['tokens', 1]]) }, 'requested'],
    [{ signal: 5 }, 'signal'],
    [{ signal: { aborted: 'no' } }, 'signal'],
  ])('are refused by acquisitions, and nothing is taken: case %#', async (options, option) => {
    for (const set of [makeSet(), new LimitSet({ limits: [] })]) {
      await expect(set.acquire(options as never)).rejects.toThrow(invalid(option));
      await expect(set.tryAcquire(options as never)).rejects.toThrow(invalid(option));
      await expect(set.use(options as never, () => 1)).rejects.toThrow(invalid(option));
    }
  });

  it.each<[unknown, string]>([
    [undefined, 'options'],
    [null, 'options'],
    [{}, 'usage'],
    [{ usage: null }, 'usage'],
    [{ usage: [] }, 'usage'],
    [{ usage: { tokens: 1 }, useage: {} }, 'useage'],
  ])('are refused by an update: case %#', async (told, option) => {
    const slot = await makeSet().acquire({ requested: { tokens: 1 } });
    expect(() => slot.update(told as never)).toThrow(invalid(option));
    slot.update({ usage: { tokens: 1 } });
    await slot.release();
  });

  it('are refused with the option that was meant, and what they are', async () => {
    const misspelled = { limits: [], mdoe: 'temporal' } as never;
    expect(() => new LimitSet(misspelled)).toThrow('did you mean mode?');
    const map = { requested: new Map() } as never;
    await expect(makeSet().acquire(map)).rejects.toThrow('got an instance of Map');
  });

  it('are named by an error that tells a text from a number', async () => {
    await expect(makeSet().acquire({ requested: { tokens: '2' as never } })).rejects.toThrow('amount "2" of "tokens"');
    await expect(makeSet().acquire({ requested: { tokens: 1 }, priority: '2' as never })).rejects.toThrow('got "2"');
    expect(() => new LimitSet({ limits: [], version: '2' as never })).toThrow('got "2"');
    expect(() => new LimitSet({ limits: [], leaseMs: 60_000n as never })).toThrow('got 60000n');
  });
});
