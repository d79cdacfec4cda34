import { randomUUID } from 'node:crypto';
import { ResourceLimit } from '../../src/index';
import { TemporalForTests } from '../support/temporal';
import { untilAvailable } from '../support/until-available';

let temporal: TemporalForTests;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
  await temporal.host();
});

afterAll(() => temporal.stop());

test('takes without a promise what the process was granted and does not use, and asks nobody for more', async () => {
  const limits = [new ResourceLimit({ key: 'connections', capacity: 2 })];
  const set = temporal.set({ name: randomUUID(), limits });
  expect(set.tryAcquireNow().successful).toBe(false);
  await (await set.acquire()).release();
  // the permit is kept for a moment, as one that is needed again mostly is
  const slot = set.tryAcquireNow();
  expect(slot).toMatchObject({ successful: true, requested: { connections: 1 } });
  expect(slot.fencingToken).toBeGreaterThan(0);
  expect(set.tryAcquireNow({ requested: { connections: 2 } }).successful).toBe(false);
  await slot.release();
  await untilAvailable(set, { connections: 2 });
});
