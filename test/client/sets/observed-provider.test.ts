import { LimitPool } from '../../../src/client/sets/limit-pool';
import { LimitSet } from '../../../src/client/sets/limit-set';
import { CallLimit, ResourceLimit } from '../../../src/limiter/definition/limits';
import { AlreadyReleasedError } from '../../../src/limiter/errors/usage-errors';
import { limited } from '../../../src/activities/limited/limited';
import { runWithLimits } from '../../../src/activities/context/current';
import { FakeClock, settled } from '../../support/fake-clock';

const busy = (headers: Record<string, string> = {}): object => ({ status: 429, headers });
const WRONG_KEY = Object.assign(new Error('401 Incorrect API key provided'), { status: 401 });

function account(options: object = {}) {
  const clock = new FakeClock(1_000);
  const set = new LimitSet({
    name: 'account',
    shared: false,
    clock,
    limits: [new CallLimit({ capacity: 10, windowSeconds: 1 })],
    ...options,
  });
  return { clock, set };
}

describe('a set in memory mode that hears its provider', () => {
  it('stops 300 calls after the first refusals, and does them all when the provider serves again', async () => {
    const { clock, set } = account();
    let refused = 0;
    const servesFrom = 31_000;
    const call = (): Promise<boolean> =>
      set.use({}, (slot) => {
        const answers = clock.now() >= servesFrom;
        if (!answers) refused += 1;
        slot.observe(answers ? { status: 200 } : busy({ 'retry-after': '30' }));
        return answers;
      });
    const job = async (): Promise<void> => {
      while (!(await call())) await settled();
    };
    const all = Promise.all(Array.from({ length: 300 }, job));
    const progress = { isOver: false };
    void all.then(() => (progress.isOver = true));
    await settled();
    while (!progress.isOver) await clock.runNext();
    expect(refused).toBeLessThanOrEqual(12);
    // 30 s at ten a second
    expect(clock.now() - servesFrom).toBeLessThanOrEqual(30_000);
  });

  it('waits as long as the provider asks, and has one go first', async () => {
    const { clock, set } = account();
    const first = await set.acquire();
    first.observe(busy({ 'retry-after': '20' }));
    await first.release();
    const log: string[] = [];
    const call = async (name: string): Promise<void> => {
      const slot = await set.acquire();
      log.push(`${name} at ${clock.now() - 1_000}`);
      await new Promise<void>((resolve) => clock.after(400, resolve));
      slot.observe({ status: 200 });
      await slot.release();
    };
    const calls = ['a', 'b', 'c'].map(call);
    expect(set.expectedWaitMs()).toBeGreaterThanOrEqual(20_000);
    expect((await set.tryAcquire()).successful).toBe(false);
    expect(set.tryAcquireNow().successful).toBe(false);
    await clock.advance(30_000);
    await Promise.all(calls);
    expect(log).toEqual(['a at 20000', 'b at 20400', 'c at 20400']);
    expect(clock.armed).toBe(0);
  });

  it('lets the next try when the first is released without a word, or its process hears nothing for a minute', async () => {
    const { clock, set } = account();
    const slot = await set.acquire();
    slot.observe(busy({ 'retry-after': '5' }));
    const first = set.acquire();
    const second = set.acquire();
    await clock.advance(5_000);
    const probe = await first;
    await clock.advance(59_000);
    expect((await set.getStats()).waiting).toBe(1);
    await clock.advance(1_000);
    await (await second).release();
    // the second was released in peace: all continue
    await (await set.acquire()).release();
    await probe.release();
    expect((await set.getStats()).provider).toMatchObject({ state: 'OPEN' });
  });

  it('says in stats and errors that it is paused, why and until when', async () => {
    const { clock, set } = account();
    expect((await set.getStats()).provider).toBeUndefined();
    const slot = await set.acquire();
    slot.observe(
      busy({ 'retry-after': '20', 'x-ratelimit-limit-requests': '60', 'x-ratelimit-remaining-tokens': 'few' }),
    );
    slot.observe('no answer');
    await slot.release();
    expect((await set.getStats()).provider).toEqual({
      state: 'PAUSED',
      cause: 'rate_limit',
      until: 21_000,
      answered: 0,
      throttled: 1,
      failed: 0,
      ignored: 2,
      seen: [{ name: 'requests', limit: 60 }],
      drift: { call_count: { defined: 10, reported: 60 } },
      guardMs: 50,
    });
    const waiting = set.acquire({ timeout: '5s' });
    waiting.catch(() => undefined);
    await clock.advance(5_000);
    await expect(waiting).rejects.toMatchObject({
      name: 'AcquireTimeoutError',
      message:
        'No capacity in "account" within 5000 ms: PAUSED: the provider said that a limit is reached (rate_limit); one request tries again in 15000 ms',
      expectedInMs: 15_000,
    });
  });

  it('says that the account is set aside, and why', async () => {
    const { set } = account();
    const slot = await set.acquire();
    slot.observe(WRONG_KEY);
    await slot.release();
    expect((await set.getStats()).provider).toMatchObject({ state: 'CIRCUIT', cause: 'unauthorized' });
    await expect(set.acquire({ timeout: 0 })).rejects.toThrow(
      'CIRCUIT: the provider does not accept the credentials (401) (unauthorized); one request tries again in 10000 ms',
    );
  });

  it('pauses no longer than maxPauseSeconds', async () => {
    const { set } = account({ maxPauseSeconds: 2 });
    (await set.acquire()).observe(busy({ 'retry-after': '3600' }));
    expect(set.expectedWaitMs()).toBe(2_000);
    expect(set.toJSON().maxPauseSeconds).toBe(2);
  });

  it.each([0, -1, Infinity, NaN, '10'])('takes no %p for maxPauseSeconds', (maxPauseSeconds) => {
    expect(() => account({ maxPauseSeconds })).toThrow('maxPauseSeconds');
  });

  it('charges what others use of the account, and shows where its limit differs', async () => {
    const { clock, set } = account({ limits: [new CallLimit({ capacity: 100, windowSeconds: 60 })] });
    const call = async (limit: number, remaining: number): Promise<void> => {
      await set.use({}, (slot) => {
        slot.observe({ status: 200, headers: { 'x-ratelimit-limit': limit, 'x-ratelimit-remaining': remaining } });
      });
      await clock.advance(100);
    };
    await call(100, 99);
    expect((await set.getStats()).provider).not.toHaveProperty('drift');
    await call(80, 58);
    expect((await set.getStats()).limits['call_count']?.available).toBe(58);
    expect((await set.getStats()).provider).toMatchObject({
      drift: { call_count: { defined: 100, reported: 80 } },
      usedByOthers: { call_count: 40 },
    });
    // what others have not used comes back to nobody
    await call(100, 100);
    expect((await set.getStats()).limits['call_count']?.available).toBe(57);
  });

  it('goes by a lower limit that the provider names where it is to follow, and lets those go that wait once it names more', async () => {
    const { set } = account({ limits: [new CallLimit({ capacity: 4, windowSeconds: 60, follow: true })] });
    const says = async (limit: number): Promise<void> => {
      const slot = await set.acquire();
      slot.observe({ status: 200, headers: { 'x-ratelimit-limit': limit } });
    };
    await says(2);
    const last = await set.acquire();
    expect((await set.getStats()).limits['call_count']).toMatchObject({ capacity: 2, available: 0 });
    const waiting = set.acquire();
    last.observe({ status: 200, headers: { 'x-ratelimit-limit': 3 } });
    expect((await waiting).successful).toBe(true);
    expect((await set.tryAcquire()).successful).toBe(false);
  });

  it.each([
    ['the provider reports no more', { follow: true }, { status: 200, headers: { 'x-ratelimit-limit': 3 } }, 3],
    ['throttles have lowered it', { adaptive: { min: 1, max: 4 } }, busy(), 2.8],
  ])('says to who waits that less of the limit counts, as %s', async (why, options, answer, capacity) => {
    const { clock, set } = account({ limits: [new CallLimit({ capacity: 4, windowSeconds: 60, ...options })] });
    for (let i = 0; i < 4; i += 1) (await set.acquire()).observe(i < 3 ? { status: 200 } : answer);
    await clock.advance(61_000);
    for (let i = 1; i <= capacity; i += 1) (await set.acquire({ timeout: 0 })).observe({ status: 200 });
    const less = `"call_count" counts ${capacity} instead of the defined 4, because ${why}`;
    const waiting = set.acquire();
    expect(set.obstacle).toBe(less);
    await expect(set.acquire({ timeout: 0 })).rejects.toMatchObject({
      message: `No capacity in "account" within 0 ms: it needed 1 of "call_count" (capacity 4), where ${Number((capacity % 1).toFixed(3))} was free, behind 1 other, expected in 1 min; ${less}`,
      obstacle: less,
    });
    await clock.advance(120_000);
    await waiting;
    expect(set.obstacle).toBeUndefined();
  });

  it('does not forget at rest that it is paused', async () => {
    const { clock, set } = account();
    const slot = await set.acquire();
    slot.observe(busy({ 'retry-after': '20' }));
    await slot.release();
    await clock.advance(10_000);
    expect(set.isIdle).toBe(false);
  });

  it('stays paused when its limits are redefined', async () => {
    const { clock, set } = account({ name: 'redefined while paused', shared: true });
    (await set.acquire()).observe(busy({ 'retry-after': '20' }));
    const { set: newer } = account({
      name: 'redefined while paused',
      shared: true,
      version: 2,
      maxPauseSeconds: 30,
      clock,
    });
    expect(newer.expectedWaitMs()).toBe(20_000);
    expect((await newer.tryAcquire()).successful).toBe(false);
    const waiting = set.acquire();
    await clock.advance(20_000);
    const slot = await waiting;
    slot.observe(busy({ 'retry-after': '60' }));
    expect(set.expectedWaitMs()).toBe(30_000);
    await Promise.all([set.close(), newer.close()]);
  });

  it('hears nothing of an acquisition that was refused', async () => {
    const { set } = account({ limits: [new ResourceLimit({ key: 'one', capacity: 1 })] });
    await set.acquire();
    const refused = await set.tryAcquire();
    expect(() => refused.observe(WRONG_KEY)).toThrow(AlreadyReleasedError);
  });
});

describe('a pool of accounts of which one fails', () => {
  const FAULTS = {
    'a wrong key': WRONG_KEY,
    'no quota': Object.assign(new Error('429'), { status: 429, code: 'insufficient_quota' }),
    'a refused connection': Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
    'a server error': Object.assign(new Error('500'), { status: 500 }),
  };

  /** 1,000 calls at three accounts with 20 connections each, of which the first fails in 5 ms and the others take 500 ms. */
  async function spread(fault: Error, loadBalancing: 'RoundRobin' | 'LeastWait') {
    const clock = new FakeClock(1_000);
    const limitSets = ['broken', 'b', 'c'].map(
      (name) =>
        new LimitSet({ name, shared: false, clock, limits: [new ResourceLimit({ key: 'connections', capacity: 20 })] }),
    );
    const pool = new LimitPool({ limitSets, loadBalancing });
    const failed: number[] = [];
    const call = (): Promise<boolean> =>
      pool.use({}, async (slot) => {
        const isBroken = slot.limitSet === 'broken';
        await new Promise<void>((resolve) => clock.after(isBroken ? 5 : 500, resolve));
        if (isBroken) failed.push(clock.now());
        slot.observe(isBroken ? fault : { status: 200 });
        return !isBroken;
      });
    const job = async (): Promise<void> => {
      while (!(await call())) await settled();
    };
    const all = Promise.all(Array.from({ length: 1_000 }, job));
    const progress = { isOver: false };
    void all.then(() => (progress.isOver = true));
    await settled();
    while (!progress.isOver) await clock.runNext();
    return { failed, seconds: (clock.now() - 1_000) / 1_000 };
  }

  describe.each(['RoundRobin', 'LeastWait'] as const)('%s', (loadBalancing) => {
    it.each(Object.entries(FAULTS))('goes elsewhere: %s', async (_, fault) => {
      const { failed, seconds } = await spread(fault, loadBalancing);
      // those that began before the account was set aside, by one answer or three, and one probe after 10 s
      expect(failed.filter((at) => at > 1_005).length).toBeLessThanOrEqual(3);
      expect(failed.length).toBeLessThanOrEqual(23);
      // 980 and more at 40 connections of 2 a second each
      expect(seconds).toBeLessThanOrEqual(1.1 * 12.5);
    });
  });

  it('waits, and says why, while all are set aside', async () => {
    const { clock, set } = account();
    const pool = new LimitPool({ limitSets: [set] });
    (await pool.acquire()).observe(WRONG_KEY);
    const failing = pool.acquire({ timeout: '1s' });
    failing.catch(() => undefined);
    const waiting = pool.acquire();
    await clock.advance(1_000);
    await expect(failing).rejects.toThrow('CIRCUIT: the provider does not accept the credentials');
    await clock.advance(9_000);
    expect((await waiting).successful).toBe(true);
  });
});

describe('a limited activity with feedback', () => {
  const limits = (set: LimitSet) => set as unknown as Parameters<typeof runWithLimits>[0];

  it('has its set hear what it throws, and that it ended well', async () => {
    const { set } = account();
    const answers = [WRONG_KEY, undefined];
    const call = limited(
      async () => {
        const error = answers.shift();
        if (error !== undefined) throw error;
      },
      { feedback: true },
    );
    await runWithLimits(limits(set), async () => expect(call()).rejects.toBe(WRONG_KEY));
    expect((await set.getStats()).provider).toMatchObject({ state: 'CIRCUIT', failed: 1 });
    const { clock, set: other } = account();
    await runWithLimits(limits(other), call);
    expect((await other.getStats()).provider).toMatchObject({ state: 'OPEN', answered: 1 });
    expect(clock.armed).toBe(0);
  });

  it('has it hear what a function picks, and loses no result if that throws', async () => {
    const { set } = account();
    const pick = limited(async (_prompt: string) => ({ response: busy({ 'retry-after': '9' }) }), {
      feedback: (outcome, prompt) => (prompt === 'hi' ? (outcome as { response: object }).response : undefined),
    });
    await runWithLimits(limits(set), () => pick('other'));
    expect((await set.getStats()).provider).toBeUndefined();
    await runWithLimits(limits(set), () => pick('hi'));
    expect((await set.getStats()).provider).toMatchObject({ state: 'PAUSED' });
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const broken = limited(async () => 42, {
      feedback: () => {
        throw new Error('mistake');
      },
    });
    await expect(runWithLimits(limits(account().set), broken)).resolves.toBe(42);
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('feedback threw'), 'LimitsWarning');
    warned.mockRestore();
  });

  it('hears nothing unless it is asked for', async () => {
    const { set } = account();
    const call = limited(async () => {
      throw WRONG_KEY;
    });
    await runWithLimits(limits(set), async () => expect(call()).rejects.toBe(WRONG_KEY));
    expect((await set.getStats()).provider).toBeUndefined();
    expect(() => limited(call, { feedback: 'yes' as unknown as boolean })).toThrow('feedback');
  });
});
