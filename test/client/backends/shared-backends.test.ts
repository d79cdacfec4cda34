import type { Client } from '@temporalio/client';
import { LimitSet } from '../../../src/client/sets/limit-set';
import { FakeClock } from '../../support/fake-clock';

it('of two sets of one name each does what it says while Temporal is out of reach', async () => {
  const unavailable = Object.assign(new Error('out of reach'), { code: 14, details: '', metadata: {} });
  const withDeadline = jest.fn(() => Promise.reject(unavailable));
  const client = { workflow: {}, withDeadline } as unknown as Client;
  const clock = new FakeClock();
  const limits = [{ kind: 'resource', key: 'connections', capacity: 1 }] as const;
  const sets = (['wait', 'open'] as const).map(
    (onUnavailable) => new LimitSet({ name: 'both', mode: 'temporal', limits, onUnavailable, client, clock }),
  );
  const outcomes = sets.map(() => 'waits');
  sets.forEach((set, index) => {
    set.acquire({ timeout: '5s' }).then(
      ({ fencingToken }) => (outcomes[index] = `goes ahead as ${String(fencingToken)}`),
      (error: unknown) => (outcomes[index] = (error as Error).name),
    );
  });
  await clock.advance(4_000);
  expect(outcomes).toEqual(['waits', 'goes ahead as 0']);
  await clock.advance(6_000);
  expect(outcomes[0]).toBe('AcquireTimeoutError');
  await Promise.all(sets.map((set) => set.close()));
});
