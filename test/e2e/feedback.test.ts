import { playOutage } from '../../bench/throttled/outage';
import { CallLimit, ResourceLimit } from '../../src/index';
import { TemporalForTests } from '../support/temporal';

let temporal: TemporalForTests;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
  await temporal.host();
});

afterAll(() => temporal.stop());

/** Calls that may be under way when the first refusal is heard. */
const CONNECTIONS = 8;

it.each([
  ['says when to come back', true, 1],
  // after 1, 3 and 7 s; a busy machine is later each time
  ['says only that it refuses', false, 3],
])(
  'a fleet calls a provider that throttles no more than it must, and continues when it serves: %s',
  async (_, hint, probes) => {
    const limits = [
      new CallLimit({ capacity: 100, windowSeconds: 1 }),
      new ResourceLimit({ key: 'connections', capacity: CONNECTIONS }),
    ];
    const outage = { limits, processes: 4, jobs: 60, outageMs: 4_000, hint };
    const { refused, unitsOver } = await playOutage(temporal.server, outage);
    expect(unitsOver).toBe(0);
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThanOrEqual(CONNECTIONS + probes);
  },
);
