import { getEventListeners } from 'node:events';
import { AbortWatch } from '../../../src/acquire/gate/abort-watch';
import { Gate } from '../../../src/acquire/gate/gate';
import { systemClock } from '../../../src/client/link/system-clock';
import { defineLimits } from '../../../src/limiter/definition/definition';
import { Ledger } from '../../../src/limiter/ledger/ledger';
import { ResourceLimit } from '../../../src/limiter/definition/limits';
import { startedAtOnce } from '../../support/started-at-once';

describe('who waits on a signal', () => {
  it('is told together with the others, through one listener', () => {
    const told: [string[], unknown][] = [];
    const watch = new AbortWatch<string>((waiters, reason) => told.push([[...waiters], reason]));
    const [first, second] = [new AbortController(), new AbortController()];
    for (const waiter of ['a', 'b', 'c']) watch.add(first.signal, waiter);
    watch.add(second.signal, 'd');
    watch.delete(first.signal, 'b');
    expect(getEventListeners(first.signal, 'abort')).toHaveLength(1);
    first.abort('enough');
    expect(told).toEqual([[['a', 'c'], 'enough']]);
    watch.delete(first.signal, 'a');
    watch.delete(second.signal, 'd');
    expect(getEventListeners(second.signal, 'abort')).toHaveLength(0);
    second.abort();
    expect(told).toHaveLength(1);
  });

  const definitions = defineLimits([new ResourceLimit({ key: 'permits', capacity: 2 })], 'GCRA');
  const makeGate = () => new Gate(startedAtOnce(new Ledger(definitions, systemClock.now()), systemClock), systemClock);
  const wait = (gate: Gate, amount: number, signal?: AbortSignal) =>
    gate.pass({ amounts: [amount], covers: [true] }, { priority: 0, timeoutMs: undefined, signal });

  it('gets no turn of another that waited on the same signal', async () => {
    const gate = makeGate();
    await wait(gate, 1);
    const controller = new AbortController();
    const waiting = [2, 1].map((amount) => wait(gate, amount, controller.signal));
    const free = wait(gate, 1);
    controller.abort('enough');
    expect((await Promise.allSettled(waiting)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await free;
  });

  it('may wait at many gates', async () => {
    const gates = Array.from({ length: 15 }, makeGate);
    for (const gate of gates) await wait(gate, 2);
    const controller = new AbortController();
    const waiting = gates.map((gate) => wait(gate, 1, controller.signal));
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    controller.abort('enough');
    expect((await Promise.allSettled(waiting)).map(({ status }) => status)).toEqual(new Array(15).fill('rejected'));
    expect(gates.map(({ size }) => size)).toEqual(new Array(15).fill(0));
  });

  // each of them giving up by itself would take minutes
  it('may be one of very many', async () => {
    const gate = makeGate();
    await wait(gate, 2);
    const controller = new AbortController();
    const waiting = Array.from({ length: 100_000 }, () => wait(gate, 1, controller.signal));
    controller.abort();
    expect((await Promise.allSettled(waiting)).every(({ status }) => status === 'rejected')).toBe(true);
    expect([gate.size, getEventListeners(controller.signal, 'abort').length]).toEqual([0, 0]);
  });
});
