import { randomUUID } from 'node:crypto';
import { LimitSet } from '../../src/client/sets/limit-set';
import { describeLimitSet } from '../support/describe-limit-set';
import { TemporalForTests } from '../support/temporal';

let temporal: TemporalForTests;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
  await temporal.host();
});

afterAll(() => temporal.stop());

describeLimitSet(
  'Temporal mode',
  (options) => new LimitSet({ ...options, name: randomUUID(), mode: 'temporal', client: temporal.client }),
);
