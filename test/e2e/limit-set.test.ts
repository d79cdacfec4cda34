import { randomUUID } from 'node:crypto';
import type { Host } from '../../src/activities/hosts';
import { LimitSet } from '../../src/client/limit-set';
import { describeLimitSet } from '../support/describe-limit-set';
import { TemporalForTests } from '../support/temporal';

let temporal: TemporalForTests;
let host: Host;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
  host = await temporal.host();
});

afterAll(async () => {
  await host.stop();
  await temporal.stop();
});

describeLimitSet(
  'Temporal mode',
  (options) => new LimitSet({ ...options, name: randomUUID(), mode: 'temporal', client: temporal.client }),
);
