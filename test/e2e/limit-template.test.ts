import { randomUUID } from 'node:crypto';
import { CallLimit, LimitTemplate } from '../../src/index';
import { TemporalForTests } from '../support/temporal';

let temporal: TemporalForTests;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
  await temporal.host();
});

afterAll(() => temporal.stop());

test('a set of a template rests when nothing is held or waited for, and its limiter remembers its window', async () => {
  const perCustomer = new LimitTemplate({
    name: randomUUID(),
    limits: [new CallLimit({ windowSeconds: 3_600, capacity: 1 })],
    mode: 'temporal',
    client: temporal.client,
  });
  const set = perCustomer.for('acme/1');
  const slot = await set.acquire();
  expect(set.isIdle).toBe(false);
  await slot.release();
  expect(set.isIdle).toBe(true);
  const ended = new AbortController();
  const waiting = set.acquire({ signal: ended.signal });
  expect(set.isIdle).toBe(false);
  ended.abort(new Error('ended'));
  await expect(waiting).rejects.toThrow('ended');
  expect(set.isIdle).toBe(true);

  await set.rest();
  expect((await set.tryAcquire()).successful).toBe(false);
  expect((await perCustomer.for('acme/2').tryAcquire()).successful).toBe(true);
  await perCustomer.close();
});
