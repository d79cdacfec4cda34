import type { BaseLimitSet } from '../../../src/acquire/set/base-limit-set';
import { CallLimit, ResourceLimit, type Limit } from '../../../src/limiter/definition/limits';
import { settled } from '../../support/fake-clock';
import { VirtualLimiter } from '../../support/virtual-limiter';

const busy = (seconds?: number): object => ({
  status: 429,
  headers: seconds === undefined ? {} : { 'retry-after': String(seconds) },
});
const WRONG_KEY = { status: 401 };

/** A fleet whose calls take 50 ms, and what the provider answers to each. */
class Fleet {
  readonly limiter: VirtualLimiter;
  readonly sets: readonly BaseLimitSet[];
  readonly startedAt: number;
  /** When calls arrived, and how they were answered. Unit: milliseconds from the start. */
  readonly calls: { readonly at: number; readonly status: number; readonly process: number }[] = [];

  constructor(
    processes: number,
    readonly answer: (at: number) => object,
    limits: readonly Limit[] = [new CallLimit({ capacity: 10, windowSeconds: 1 })],
  ) {
    this.limiter = new VirtualLimiter(limits);
    this.sets = Array.from({ length: processes }, () => this.limiter.process().set);
    this.startedAt = this.limiter.clock.now();
  }

  get now(): number {
    return this.limiter.clock.now() - this.startedAt;
  }

  /** One call; says whether it was served. */
  async call(process: number): Promise<boolean> {
    const { clock } = this.limiter;
    return this.sets[process]!.use({}, async (slot) => {
      const answer = this.answer(this.now) as { readonly status: number };
      this.calls.push({ at: this.now, status: answer.status, process });
      await new Promise<void>((resolve) => clock.after(50, resolve));
      slot.observe(answer);
      return answer.status === 200;
    });
  }

  /** Calls in these processes, and so much time for them. */
  async callsIn(ms: number, processes: readonly number[]): Promise<void> {
    const calls = processes.map((process) => this.call(process));
    await this.limiter.clock.advance(ms);
    await Promise.all(calls);
  }

  /** Acquires in the second process, without a word of what becomes of it, until it times out. */
  async firstRefusal(requested: Record<string, number> = {}): Promise<unknown> {
    for (;;) {
      const acquiring = this.sets[1]!.acquire({ timeout: 1_000, requested }).catch((error: unknown) => error);
      await this.limiter.clock.advance(1_500);
      const acquired = await acquiring;
      if (acquired instanceof Error) return acquired;
    }
  }

  /** So many jobs in each process, each of which calls until it is served. Says when all were done. */
  async jobs(perProcess: number): Promise<number> {
    const job = async (process: number): Promise<void> => {
      while (!(await this.call(process))) await settled();
    };
    const all = Promise.all(this.sets.flatMap((_, i) => Array.from({ length: perProcess }, () => job(i))));
    const progress = { isOver: false };
    void all.then(() => (progress.isOver = true));
    while (!progress.isOver && this.now < 300_000) await this.limiter.clock.advance(50);
    return this.now;
  }

  statuses(from: number, to: number): number[] {
    return this.calls.filter(({ at }) => at >= from && at < to).map(({ status }) => status);
  }

  get provider(): unknown {
    return this.limiter.allocator.stats(this.limiter.clock.now()).provider;
  }
}

describe('a fleet that hears its provider', () => {
  it('stops 300 jobs in four processes after the first refusals, and continues when it is served again', async () => {
    const fleet = new Fleet(4, (at) => (at < 30_000 ? busy(30 - at / 1_000) : { status: 200 }), [
      new CallLimit({ capacity: 10, windowSeconds: 0.1 }),
    ]);
    const doneAt = await fleet.jobs(75);
    expect(fleet.calls.filter(({ status }) => status === 429).length).toBeLessThanOrEqual(12);
    expect(doneAt).toBeLessThanOrEqual(35_000);
  });

  it('has few refused without a hint, too: those under way when the first is heard, and one for each pause', async () => {
    const connections = 8;
    const fleet = new Fleet(4, (at) => (at < 30_000 ? busy() : { status: 200 }), [
      new CallLimit({ capacity: 100, windowSeconds: 1 }),
      new ResourceLimit({ key: 'connections', capacity: connections }),
    ]);
    const doneAt = await fleet.jobs(75);
    // after 1, 3, 7 and 15 s
    expect(fleet.statuses(0, 30_000).length).toBeLessThanOrEqual(connections + 4);
    // the last pause ends after 31 s, and three windows of 100 calls are left
    expect(doneAt).toBeLessThanOrEqual(31_000 + 3_200);
  });

  it('has all processes start together when it serves again: each has its permits by then, and its share of what is free', async () => {
    const fleet = new Fleet(4, (at) => (at < 5_000 ? busy(5 - at / 1_000) : { status: 200 }), [
      new CallLimit({ capacity: 100, windowSeconds: 1 }),
      new ResourceLimit({ key: 'connections', capacity: 8 }),
    ]);
    await fleet.jobs(75);
    const served = fleet.calls.filter(({ status }) => status === 200).slice(0, 100);
    for (const process of [0, 1, 2, 3])
      expect(served.filter((call) => call.process === process).length).toBeGreaterThanOrEqual(15);
    // eight at a time, of 50 ms each: 0.65 s after the first is back
    expect(served[99]!.at - served[0]!.at).toBeLessThanOrEqual(900);
  });

  it('has one request of all go first, and what it comes to decides for all', async () => {
    const fleet = new Fleet(3, (at) => (at < 7_000 ? busy(5) : { status: 200 }));
    await fleet.jobs(4);
    expect(fleet.statuses(2_000, 6_900)).toEqual([429]);
    const [first, ...rest] = fleet.calls.filter(({ at }) => at >= 7_000).map(({ at }) => at);
    // nobody starts before the answer to the first is there
    expect(Math.min(...rest) - first!).toBeGreaterThanOrEqual(50);
    expect(Math.min(...rest) - first!).toBeLessThanOrEqual(1_500);
    expect(fleet.provider).toMatchObject({ state: 'OPEN' });
  });

  it('waits for a growing moment where the provider gives no hint', async () => {
    const fleet = new Fleet(2, (at) => (at < 20_000 ? busy() : { status: 200 }));
    await fleet.jobs(10);
    const refused = fleet.calls.filter(({ status, at }) => status === 429 && at > 900);
    expect(refused.length).toBeLessThanOrEqual(5);
  });

  it('calls an account that fails a few times a minute, and takes it back when it serves', async () => {
    const fleet = new Fleet(3, (at) => (at < 120_000 ? WRONG_KEY : { status: 200 }));
    const doneAt = await fleet.jobs(4);
    for (let from = 1_000; from < 120_000; from += 60_000)
      expect(fleet.statuses(from, from + 60_000).length).toBeLessThanOrEqual(5);
    expect(doneAt).toBeLessThanOrEqual(160_000);
  });

  it('says in the errors of who waits, in every process, why nothing starts', async () => {
    const fleet = new Fleet(2, () => busy(20));
    void fleet.call(0);
    await fleet.limiter.clock.advance(1_000);
    const failing = fleet.sets[1]!.acquire({ timeout: 2_000 });
    failing.catch(() => undefined);
    await fleet.limiter.clock.advance(2_500);
    await expect(failing).rejects.toThrow(
      'PAUSED: the provider said that a limit is reached (rate_limit); one request',
    );
    expect(fleet.provider).toMatchObject({ state: 'PAUSED', cause: 'rate_limit', throttled: 1 });
    // and pools go elsewhere
    expect(fleet.sets[1]!.expectedWaitMs()).toBeGreaterThan(10_000);
  });

  it('says to who waits, in every process, that throttles have lowered the limit', async () => {
    const limits = [new CallLimit({ capacity: 100, windowSeconds: 10, adaptive: { min: 10, max: 100 } })];
    const fleet = new Fleet(2, (at) => (at > 900 && at < 1_100 ? busy(1) : { status: 200 }), limits);
    await fleet.callsIn(1_000, [0]);
    await fleet.callsIn(15_000, new Array<number>(60).fill(0));
    await fleet.callsIn(1_000, [1]);
    const less = expect.stringMatching(
      /"call_count" counts 4\d\.\d+ instead of the defined 100, because throttles have lowered it$/,
    );
    await expect(fleet.firstRefusal({ call_count: 10 })).resolves.toMatchObject({ message: less, obstacle: less });
    expect(fleet.provider).toMatchObject({ adaptive: { call_count: { defined: 100 } } });
  });

  it('says so of a guard that refusals have widened', async () => {
    const limits = [new CallLimit({ capacity: 10, windowSeconds: 10 })];
    const fleet = new Fleet(2, (at) => (at < 100 ? busy(1) : { status: 200 }), limits);
    await fleet.callsIn(2_000, [0, 0, 0, 0, 0]);
    await fleet.callsIn(1_000, [1]);
    await expect(fleet.firstRefusal()).resolves.toMatchObject({
      obstacle: 'the guard is 100 ms instead of 50, because the provider refused calls although there was room',
    });
  });

  it('keeps the pause over a continue-as-new, and whoever tries first', async () => {
    const fleet = new Fleet(2, (at) => (at < 9_000 ? busy(10) : { status: 200 }));
    const over = fleet.jobs(3);
    await fleet.limiter.clock.advance(4_000);
    fleet.limiter.continueAsNew();
    await over;
    expect(fleet.statuses(1_000, 9_000)).toEqual([]);
    expect(fleet.provider).toMatchObject({ state: 'OPEN' });
  });

  it('lets another try where the one that tries first says nothing', async () => {
    const fleet = new Fleet(2, () => busy(5));
    void fleet.call(0);
    await fleet.limiter.clock.advance(1_000);
    // takes the probe, and is silent
    const silent = fleet.sets[0]!.acquire();
    await fleet.limiter.clock.advance(500);
    const other = fleet.sets[1]!.acquire();
    await fleet.limiter.clock.advance(10_000);
    expect((await silent).successful).toBe(true);
    await fleet.limiter.clock.advance(60_000);
    await (await other).release();
    await fleet.limiter.clock.advance(1_000);
    expect(fleet.provider).toMatchObject({ state: 'OPEN' });
  });

  it('shares permits as before once it is over', async () => {
    const fleet = new Fleet(3, (at) => (at < 3_000 ? busy(3) : { status: 200 }), [
      new ResourceLimit({ key: 'connections', capacity: 4 }),
    ]);
    const doneAt = await fleet.jobs(20);
    // 60 calls of 50 ms, four at once
    expect(doneAt).toBeLessThanOrEqual(3_200 + 3_000);
  });

  it('tells nothing more than before while nothing is observed', async () => {
    const { sets, limiter } = new Fleet(2, () => ({ status: 200 }));
    const calls = sets.map((set) => set.use({}, () => undefined));
    await limiter.clock.advance(1_000);
    await Promise.all(calls);
    expect(limiter.told.every((sync) => !('feedback' in sync))).toBe(true);
    expect(limiter.allocator.snapshot()).not.toHaveProperty('provider');
  });
});
