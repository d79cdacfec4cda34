import fc from 'fast-check';

import { type LoadBalancing, balancers } from '../../../src/limiter/pool/balancers';
import { checkPolicy, choose, nextInRotation, type PoolPolicy, type PoolState } from '../../../src/limiter/pool/pool';

const policy = (loadBalancing: LoadBalancing, options: Partial<PoolPolicy> = {}): PoolPolicy =>
  checkPolicy({ loadBalancing, workerIndex: 0, failover: true, ...options });
const waits = (...ms: (number | undefined)[]) => ms.map((wouldWaitMs) => ({ wouldWaitMs }));
const never = () => {
  throw new Error('no chance is needed');
};

describe('the choice of a pool', () => {
  const anyWaits = fc.array(fc.oneof(fc.constant(undefined), fc.nat({ max: 3 }), fc.constant(Infinity)), {
    minLength: 1,
  });

  it.each(Object.keys(balancers) as LoadBalancing[])('%s names a set that is there and takes one turn', (name) => {
    fc.assert(
      fc.property(
        anyWaits,
        fc.nat(),
        fc.nat(),
        fc.boolean(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (ms, workerIndex, dispatched, failover, chance) => {
          const state: PoolState = { dispatched };
          const chosen = choose(policy(name, { workerIndex, failover }), state, waits(...ms), () => chance);
          expect(ms.length > chosen && chosen >= 0).toBe(true);
          expect(state.dispatched).toBe(dispatched + 1);
        },
      ),
    );
  });

  it('never makes a valid request wait at RoundRobin while a set is free', () => {
    fc.assert(
      fc.property(anyWaits, fc.nat(), (ms, workerIndex) => {
        const chosen = choose(policy('RoundRobin', { workerIndex }), { dispatched: 0 }, waits(...ms), never);
        const waitMs = ms[chosen];
        expect(waitMs === undefined || waitMs === 0 || !ms.includes(0)).toBe(true);
      }),
    );
  });

  it('continues from its state as plain JSON', () => {
    const three = waits(0, 0, 0);
    const state: PoolState = { dispatched: 0 };
    for (let i = 0; i < 4; i += 1) choose(policy('RoundRobin'), state, three, never);
    const restored = JSON.parse(JSON.stringify(state)) as PoolState;
    expect(nextInRotation(policy('RoundRobin'), restored, 3)).toBe(1);
    expect(choose(policy('RoundRobin'), restored, three, never)).toBe(1);
  });

  it('fails over to the next in turn that is free', () => {
    const state: PoolState = { dispatched: 2 };
    expect(choose(policy('RoundRobin'), state, waits(0, 0, 5, undefined), never)).toBe(0);
  });

  it('skips sets for which the request is invalid, as long as there is another', () => {
    const chosen = (...ms: (number | undefined)[]) =>
      choose(policy('RoundRobin'), { dispatched: 0 }, waits(...ms), never);
    expect([chosen(undefined, 0), chosen(undefined, 5, 0), chosen(undefined, 5, 3)]).toEqual([1, 2, 1]);
    expect(chosen(undefined, undefined)).toBe(0);
  });

  it('LeastWait looks only at sets for which the request is valid', () => {
    expect(choose(policy('LeastWait'), { dispatched: 0 }, waits(undefined, 70, 50, 50), never)).toBe(2);
    expect(choose(policy('LeastWait'), { dispatched: 3 }, waits(undefined, 70, 50, 50), never)).toBe(3);
  });

  it('LeastWait prefers to wait where the end is not foreseeable to an error', () => {
    expect(choose(policy('LeastWait'), { dispatched: 0 }, waits(undefined, Infinity), never)).toBe(1);
  });
});
