import { Gate } from '../../../src/acquire/gate/gate';
import type { Request } from '../../../src/limiter/request/request';
import { defineLimits } from '../../../src/limiter/definition/definition';
import { Ledger } from '../../../src/limiter/ledger/ledger';
import { RateLimit, ResourceLimit } from '../../../src/limiter/definition/limits';
import { FakeClock, settled } from '../../support/fake-clock';
import { startedAtOnce } from '../../support/started-at-once';

const units = (amount: number): Request => ({ amounts: [amount, 0], covers: [true, false] });
const permits = (amount: number): Request => ({ amounts: [0, amount], covers: [false, true] });

/** A gate before 10 units a second (continuously) and 2 permits. */
function makeGate(onDemand?: () => void) {
  const clock = new FakeClock(1_000);
  const limits = [
    new RateLimit({ key: 'units', windowSeconds: 1, capacity: 10, algorithm: 'TokenBucket' }),
    new ResourceLimit({ key: 'permits', capacity: 2 }),
  ];
  const ledger = new Ledger(defineLimits(limits, 'TokenBucket'), clock.now());
  const gate = new Gate(startedAtOnce(ledger, clock), clock, onDemand, 'test');
  const log: string[] = [];
  const pass = (
    who: string,
    request: Request,
    options: { priority?: number; timeoutMs?: number; signal?: AbortSignal } = {},
  ) =>
    gate.pass(request, { priority: 0, timeoutMs: undefined, signal: undefined, ...options }).then(
      () => log.push(`${who} at ${clock.now() - 1_000}`),
      (error: unknown) => log.push(`${who} failed at ${clock.now() - 1_000}: ${(error as Error).name}`),
    );
  const release = (amount: number) => {
    ledger.release([0, amount]);
    gate.pump();
  };
  return { clock, gate, log, pass, release };
}

describe('a gate', () => {
  it('lets pass at once what is free, without a timer', async () => {
    const { clock, gate, log, pass } = makeGate();
    await pass('a', units(10));
    expect(log).toEqual(['a at 0']);
    expect([gate.size, clock.armed]).toEqual([0, 0]);
  });

  it('lets nobody overtake who asks for the same limit, even where there would be room', async () => {
    const { clock, gate, log, pass } = makeGate();
    void pass('all', units(10));
    void pass('big', units(8));
    void pass('small', units(1));
    expect(gate.tryPass(units(1), 0)).toBe(false);
    await clock.advance(2_000);
    expect(log).toEqual(['all at 0', 'big at 800', 'small at 900']);
  });

  it('lets a higher priority go first, and keeps one timer for all', async () => {
    const { clock, gate, log, pass } = makeGate();
    void pass('all', units(10));
    void pass('low', units(1), { priority: 1 });
    void pass('high', units(2), { priority: 2 });
    expect([...gate.waiting].map(({ priority, since }) => [priority, since])).toEqual([
      [2, 1_000],
      [1, 1_000],
    ]);
    expect(clock.armed).toBe(1);
    expect(gate.tryPass(permits(1), 0)).toBe(true);
    await clock.advance(2_000);
    expect(log).toEqual(['all at 0', 'high at 200', 'low at 300']);
    expect(clock.armed).toBe(0);
  });

  it('lets nobody wait for a limit that they do not ask for', async () => {
    const { clock, gate, log, pass } = makeGate();
    void pass('all', units(10));
    void pass('units', units(5));
    void pass('permit', permits(1));
    expect(gate.tryPass(permits(1), 0)).toBe(true);
    await clock.advance(1_000);
    expect(log).toEqual(['all at 0', 'permit at 0', 'units at 500']);
  });

  it('keeps for one that waits what it needs of each limit, and no more', async () => {
    const { clock, gate, log, pass } = makeGate();
    void pass('units', units(9));
    void pass('both', { amounts: [5, 1], covers: [true, true] });
    void pass('one unit', units(1));
    expect(gate.tryPass(permits(2), 0)).toBe(false);
    expect(gate.tryPass(permits(1), 0)).toBe(true);
    await clock.advance(1_000);
    expect(log).toEqual(['units at 0', 'both at 400', 'one unit at 500']);
  });

  it('keeps one timer, for the first of the moments for which the heads wait', async () => {
    const { clock, log, pass } = makeGate();
    void pass('all', { amounts: [10, 2], covers: [true, true] });
    void pass('permit', { amounts: [5, 1], covers: [true, true] });
    void pass('units', units(1));
    expect(clock.armed).toBe(1);
    await clock.advance(2_000);
    expect(log).toEqual(['all at 0', 'units at 600']);
    expect(clock.armed).toBe(0);
  });

  it('lets pass again what came back', async () => {
    const { log, pass, release } = makeGate();
    void pass('a', permits(2));
    void pass('b', permits(1));
    void pass('c', permits(1));
    await settled();
    release(1);
    await settled();
    expect(log).toEqual(['a at 0', 'b at 0']);
    release(1);
    await settled();
    expect(log).toEqual(['a at 0', 'b at 0', 'c at 0']);
  });

  it('grants at once with a timeout of 0 what is free, and fails at once what is not', async () => {
    const { clock, log, pass } = makeGate();
    await pass('a', units(10), { timeoutMs: 0 });
    await pass('b', units(1), { timeoutMs: 0 });
    expect(log).toEqual(['a at 0', 'b failed at 0: AcquireTimeoutError']);
    expect(clock.armed).toBe(0);
  });

  it.each([
    [299, 'failed at 299: AcquireTimeoutError'],
    [300, 'failed at 300: AcquireTimeoutError'],
    [301, 'at 300'],
  ])('with a timeout of %d ms for what is free in 300 ms: %s', async (timeoutMs, outcome) => {
    const { clock, log, pass } = makeGate();
    void pass('a', units(10));
    void pass('b', units(3), { timeoutMs });
    await clock.advance(1_000);
    expect(log).toEqual(['a at 0', `b ${outcome}`]);
    expect(clock.armed).toBe(0);
  });

  it('times out as well who is not the first', async () => {
    const { clock, log, pass } = makeGate();
    void pass('all', units(10));
    void pass('first', units(10));
    void pass('second', units(1), { timeoutMs: 50 });
    await clock.advance(2_000);
    expect(log).toEqual(['all at 0', 'second failed at 50: AcquireTimeoutError', 'first at 1000']);
  });

  it('lets the next one pass when the first gives up', async () => {
    const { clock, log, pass } = makeGate();
    void pass('a', units(10));
    void pass('big', units(10), { timeoutMs: 150 });
    void pass('small', units(1));
    await clock.advance(1_000);
    expect(log).toEqual(['a at 0', 'big failed at 150: AcquireTimeoutError', 'small at 150']);
  });

  it('lets nobody pass early when a timer comes early', async () => {
    const { clock, gate, log, pass } = makeGate();
    void pass('a', units(10));
    void pass('b', units(3), { timeoutMs: 500 });
    await settled();
    await clock.runNext(0.7);
    expect(clock.now()).toBeCloseTo(1_299.3);
    expect([gate.size, clock.armed]).toEqual([1, 2]);
    await clock.runNext();
    expect(log).toEqual(['a at 0', 'b at 300']);
  });

  it('does not fail a wait early when a timer comes early', async () => {
    const { clock, gate, pass } = makeGate();
    void pass('a', permits(2));
    void pass('b', permits(1), { timeoutMs: 500 });
    await settled();
    await clock.runNext(0.7);
    expect([gate.size, clock.armed]).toEqual([1, 1]);
    await clock.runNext();
    expect([gate.size, clock.now()]).toEqual([0, 1_500]);
  });

  it('ends a wait when the signal aborts, and keeps no listener otherwise', async () => {
    const { clock, gate, pass } = makeGate();
    const controller = new AbortController();
    const removed = jest.spyOn(controller.signal, 'removeEventListener');
    void pass('a', permits(2));
    void pass('b', permits(1), { signal: controller.signal, timeoutMs: 1_000 });
    await clock.advance(1_000);
    expect(removed).toHaveBeenCalledTimes(1);
    const reason = { why: 'not even an error' };
    const wait = gate.pass(permits(1), { priority: 0, timeoutMs: undefined, signal: controller.signal });
    controller.abort(reason);
    await expect(wait).rejects.toBe(reason);
    expect(gate.size).toBe(0);
    const late = gate.pass(units(1), { priority: 0, timeoutMs: undefined, signal: controller.signal });
    await expect(late).rejects.toBe(reason);
    expect(gate.tryPass(units(10), 0)).toBe(true);
  });

  it('tells whenever somebody begins or gives up to wait', async () => {
    const onDemand = jest.fn();
    const { clock, pass, release } = makeGate(onDemand);
    void pass('a', permits(2));
    expect(onDemand).not.toHaveBeenCalled();
    void pass('b', permits(1), { timeoutMs: 10 });
    void pass('c', permits(1));
    expect(onDemand).toHaveBeenCalledTimes(2);
    await clock.advance(10);
    expect(onDemand).toHaveBeenCalledTimes(3);
    release(2);
    expect(onDemand).toHaveBeenCalledTimes(3);
  });

  it('keeps no memory of those that left behind one that waits for long', async () => {
    const { clock, gate, pass } = makeGate();
    void pass('a', permits(2));
    void pass('patient', permits(2));
    for (let i = 0; i < 1_000; i += 1) void pass('hasty', permits(1), { priority: i % 7, timeoutMs: 1 });
    await clock.advance(1);
    expect([gate.size, [...gate.waiting].length, clock.armed]).toEqual([1, 1, 0]);
  });
});
