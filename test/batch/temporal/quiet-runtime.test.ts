import { execFile } from 'node:child_process';
import diagnosticsChannel from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { Runtime } from '@temporalio/worker';
import { freePort } from '../../../scripts/real-server/free-port';
import { UsageError } from '../../../src/batch/errors/errors';
import { installQuietRuntime } from '../../../src/batch/temporal/quiet-runtime';
import { WAIT_BUCKETS } from '../../../src/client/telemetry/instruments';
import { LimitSet, ResourceLimit } from '../../../src/index';
import { until } from '../../support/until';

const subscribe = jest.spyOn(diagnosticsChannel, 'subscribe');

// a process has one runtime until its end, and the channel and the flag are shared with the tests after these
afterAll(() => {
  setFlagsFromString(`--stack-trace-limit=${Error.stackTraceLimit}`);
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

const PROGRAM = `
  const { installQuietRuntime } = require('./src/batch/temporal/quiet-runtime');
  installQuietRuntime();
  const { Worker } = require('node:worker_threads');
  const tell = 'require("node:worker_threads").parentPort.postMessage(require("node:vm").runInNewContext("Error.stackTraceLimit"))';
  new Worker(tell, { eval: true }).on('message', (limit) => {
    console.log(limit, Error.stackTraceLimit);
    process.exit();
  });
`;

// in a process of its own: it holds for all that comes after it
it('has workflows record one frame of where a promise was made, and leaves the errors of the command as they are', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', '-e', PROGRAM]);
  expect(stdout).toBe('1 10\n');
});
