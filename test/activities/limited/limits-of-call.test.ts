import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger, type LogEntry } from '@temporalio/worker';
import { currentLimits, limited } from '../../../src/activities/index';
import { runWithLimits } from '../../../src/activities/context/current';
import { UNLIMITED } from '../../../src/activities/context/worker-limits';
import { LimitPool, LimitSet, RateLimit, ResourceLimit } from '../../../src/index';

const accounts = {
  a: new LimitSet({
    name: 'a',
    shared: false,
    limits: [new RateLimit({ key: 'tokens', windowSeconds: 60, capacity: 9 })],
  }),
  b: new LimitPool({
    name: 'b',
    limitSets: [new LimitSet({ limits: [new ResourceLimit({ key: 'slots', capacity: 1 })] })],
  }),
};

describe('limited with limits for each call', () => {
  const activity = limited((account: 'a' | 'b') => Promise.resolve([currentLimits().name, account]), {
    limits: (account) => accounts[account],
    requested: (account) => (account === 'a' ? { tokens: 3 } : {}),
    usage: (_, account) => (account === 'a' ? { tokens: 2 } : {}),
  });

  it('acquires from what they return, which the body sees as its limits', async () => {
    expect(await activity('a')).toEqual(['a', 'a']);
    expect(await new MockActivityEnvironment().run(() => activity('b'))).toEqual(['b', 'b']);
    expect((await accounts.a.getStats()).limits).toMatchObject({ tokens: { available: 6 } });
  });

  it.each([undefined, { acquire: 1 }, [accounts.a]])('refuses %p before anything is acquired', async (given) => {
    const body = jest.fn();
    const requested = jest.fn();
    const wrong = limited(async () => void body(), { limits: () => given as never, requested });
    await expect(wrong()).rejects.toMatchObject({ name: 'InvalidLimitError', option: 'limits' });
    expect([body.mock.calls, requested.mock.calls]).toEqual([[], []]);
  });
});

describe('limited without limits', () => {
  const work = limited(() => Promise.resolve(currentLimits().config));
  const environment = (messages: string[]) =>
    new MockActivityEnvironment(
      {},
      { logger: new DefaultLogger('WARN', ({ message }: LogEntry) => void messages.push(message)) },
    );

  it('says once that the worker has no plugin, and once that its plugin has no limits', async () => {
    const messages: string[] = [];
    const given = { isLimited: false, share: async () => undefined, stop: () => undefined };
    for (let i = 0; i < 2; i += 1) {
      await environment(messages).run(work);
      await environment(messages).run(() => runWithLimits(UNLIMITED, work, given));
    }
    expect(messages).toEqual([
      expect.stringContaining('its worker has no LimitsPlugin. Give it some: Worker.create({ …, plugins:'),
      expect.stringContaining('its worker has a LimitsPlugin without limits'),
    ]);
  });

  it('says nothing outside of a worker, nor where the call has limits of its own', async () => {
    const messages: string[] = [];
    await work();
    await environment(messages).run(limited(() => Promise.resolve(1), { limits: () => accounts.b }));
    expect(messages).toEqual([]);
  });
});
