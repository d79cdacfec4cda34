import diagnosticsChannel from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Runtime } from '@temporalio/worker';
import { freePort } from '../../../scripts/real-server/free-port';
import { UsageError } from '../../../src/batch/errors/errors';
import { installQuietRuntime } from '../../../src/batch/temporal/quiet-runtime';
import { WAIT_BUCKETS } from '../../../src/client/telemetry/instruments';
import { LimitSet, ResourceLimit } from '../../../src/index';
import { until } from '../../support/until';

const subscribe = jest.spyOn(diagnosticsChannel, 'subscribe');

// a process has one runtime until its end, and the channel is shared with the tests after these
afterAll(() => {
  for (const subscription of subscribe.mock.calls) diagnosticsChannel.unsubscribe(...subscription);
});

it('a worker serves the metrics of its limits, in the names of the board and with the buckets of the guide', async () => {
  const at = `127.0.0.1:${await freePort()}`;
  installQuietRuntime(at);
  const set = new LimitSet({ limits: [new ResourceLimit({ key: 'seats', capacity: 1 })] });
  const slot = await set.acquire();
  const waiting = set.acquire();
  await slot.release();
  await waiting;
  let text = '';
  await until('the wait is there', async () => {
    text = await (await fetch(`http://${at}/metrics`)).text();
    return text.includes('temporal_limits_acquire_requests_total') || text;
  });
  const bounds = [...text.matchAll(/temporal_limits_acquire_time_in_queue_seconds_bucket\{.*le="([\d.]+)"/g)];
  expect(bounds.map(([, bound]) => Number(bound))).toEqual(WAIT_BUCKETS);
  await Runtime.instance().shutdown();
});

it.each([
  ['somewhere', 'invalid socket address syntax', () => 'somewhere'],
  [
    'a port that is taken',
    'Address already in use',
    async () => {
      const taken = createServer().listen(0, '127.0.0.1').unref();
      await once(taken, 'listening');
      return `127.0.0.1:${(taken.address() as { readonly port: number }).port}`;
    },
  ],
])('says that it cannot serve metrics at %s', async (_, reason, where) => {
  const at = await where();
  expect(() => installQuietRuntime(at)).toThrow(UsageError);
  expect(() => installQuietRuntime(at)).toThrow(`such as 0.0.0.0:9464, got ${at}: ${reason}`);
});
