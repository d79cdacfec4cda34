import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Host } from '../../src/activities/plugin/hosts';
import { startDevServer, type DevServer, type DevServerOptions } from '../../src/client/dev-server/dev-server';
import { ResourceLimit } from '../../src/index';
import { devServerSource } from '../support/server';
import { TemporalForTests } from '../support/temporal';
import { until } from '../support/until';

let temporal: TemporalForTests;
let directory: string;
let options: DevServerOptions;
let limiter: Host;
let again: DevServer | undefined;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'limits-'));
  options = { dbFilename: path.join(directory, 'temporal.db'), source: await devServerSource() };
  temporal = await TemporalForTests.start(options);
  limiter = await temporal.limiterOnly();
});

afterAll(async () => {
  await temporal.closeSets();
  await limiter.stop();
  await temporal.stop();
  await again?.stop();
  await rm(directory, { recursive: true });
});

it('while Temporal is out of reach some wait and others go ahead, and all are limited again after it', async () => {
  const name = randomUUID();
  const limits = [new ResourceLimit({ key: 'connections', capacity: 1 })];
  const waits = temporal.set({ name, limits });
  const goesAhead = temporal.set({ name, limits, onUnavailable: 'open' });
  const holder = await waits.acquire();
  expect((await goesAhead.tryAcquire()).successful).toBe(false);
  const waiting = goesAhead.acquire();

  await limiter.stop();
  await temporal.server.stop();
  // the holder's process finds out as well, by telling of the release
  await holder.release();
  const unlimited = [await waiting, await goesAhead.acquire(), await goesAhead.tryAcquire()];
  for (const slot of unlimited) expect(slot).toMatchObject({ successful: true, fencingToken: 0 });
  expect(unlimited.map((slot) => slot.signal.aborted)).toEqual([false, false, false]);
  expect(goesAhead.expectedWaitMs()).toBe(0);
  const stopped = temporal.set({ name, limits });
  const { address } = temporal.server;
  await expect(stopped.acquire({ timeout: '3s' })).rejects.toMatchObject({
    name: 'AcquireTimeoutError',
    obstacle: expect.stringContaining(`Temporal at ${address} cannot be reached`),
  });
  expect((await stopped.tryAcquire()).successful).toBe(false);

  const port = Number(temporal.server.address.split(':').at(-1));
  again = await startDevServer({ ...options, port });
  limiter = await temporal.limiterOnly();
  const slot = await waits.acquire();
  await until('the other is limited again', async () => {
    const tried = await goesAhead.tryAcquire();
    await tried.release();
    return !tried.successful;
  });
  expect(slot.signal.aborted).toBe(false);
  for (const other of unlimited) await other.release();
  await slot.release();
  const limited = await goesAhead.acquire();
  expect(limited.fencingToken).toBeGreaterThan(slot.fencingToken);
  expect((await waits.tryAcquire()).successful).toBe(false);
  await limited.release();
});

it('who does not want to wait does not wait for somebody to run the limiters', async () => {
  await limiter.stop();
  const set = temporal.set({ name: randomUUID(), limits: [new ResourceLimit({ key: 'connections', capacity: 1 })] });
  try {
    expect((await set.tryAcquire()).successful).toBe(false);
  } finally {
    limiter = await temporal.limiterOnly();
  }
  await (await set.acquire()).release();
});
