import { metrics } from '@opentelemetry/api';
import type { Backend } from '../../../src/client/backends/backend';
import { OpenBackend } from '../../../src/client/backends/open-backend';
import { heard } from '../../../src/client/events/heard-holding';
import { limitEvents } from '../../../src/client/events/limit-events';
import { Reachability } from '../../../src/client/link/reachability';
import { INSTRUMENTS } from '../../../src/client/telemetry/instruments';
import {
  AcquireTimeoutError,
  CallLimit,
  InvalidLimitError,
  LimitPool,
  limitsMetrics,
  LimitSet,
  LimitTemplate,
  QueueFullError,
  RateLimit,
  ResourceLimit,
} from '../../../src/index';
import { FakeClock, settled } from '../../support/fake-clock';
import { TestReader } from '../../support/metric-reader';

let reader: TestReader;
let stop: () => void;
let clock: FakeClock;

beforeEach(() => {
  reader = new TestReader();
  stop = limitsMetrics({ meter: reader.meter });
  clock = new FakeClock(1_000);
});

afterEach(async () => {
  stop();
  await reader.shutdown();
});

const permit = () => new ResourceLimit({ key: 'connections', capacity: 1 });
const oneAtATime = (name: string, more: object = {}) =>
  new LimitSet({ name, shared: false, clock, limits: [permit()], ...more });

describe('the metrics of acquisitions', () => {
  it('have permits while they are held, and units as they were used, by limit', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockReturnValue();
    const set = new LimitSet({
      ...{ name: 'openai', shared: false, clock },
      limits: [
        new CallLimit({ windowSeconds: 60, capacity: 10 }),
        new RateLimit({ key: 'tokens', windowSeconds: 60, capacity: 1_000 }),
        new ResourceLimit({ key: 'connections', capacity: 5 }),
      ],
    });
    const slots = [
      await set.acquire({ requested: { tokens: 100, connections: 2 } }),
      await set.acquire({ requested: { tokens: 100 } }),
    ];
    const capacity = { 'openai call_count': 10, 'openai tokens': 1_000, 'openai connections': 5 };
    expect(await reader.read()).toEqual({
      'acquire.requests': { 'openai acquired': 2 },
      'permits.in_use': { 'openai connections': 3 },
      units: { 'openai call_count': 0, 'openai tokens': 0 },
      capacity,
    });
    slots[0]?.update({ usage: { tokens: 30 } });
    slots[1]?.update({ usage: { tokens: 170 } });
    for (const slot of slots) await slot.release();
    expect(await reader.read()).toEqual({
      'acquire.requests': { 'openai acquired': 2 },
      'permits.in_use': { 'openai connections': 0 },
      units: { 'openai call_count': 2, 'openai tokens': 200 },
      capacity,
    });
    warn.mockRestore();
  });

  it('have who waits, how long, and how it ended', async () => {
    const set = oneAtATime('pg', { maxWaiting: 4 });
    const held = await set.acquire();
    const controller = new AbortController();
    const served = set.acquire();
    const lasting = [
      set.acquire({ timeout: 2_000 }),
      set.acquire({ timeout: 3_000 }),
      set.acquire({ signal: controller.signal }),
    ].map((waiting) => expect(waiting).rejects.toThrow());
    await expect(set.acquire()).rejects.toThrow(QueueFullError);
    expect((await set.tryAcquire()).successful).toBe(false);
    expect((await reader.read())['queued_requests']).toEqual({ pg: 4 });
    controller.abort(new Error('enough'));
    await clock.advance(3_000);
    await Promise.all(lasting);
    await held.release();
    await (await served).release();
    const found = await reader.read();
    expect(found['queued_requests']).toEqual({ pg: 0 });
    const waited = { 'pg acquired': 1, 'pg timeout': 2, 'pg cancelled': 1 };
    expect(found['acquire.time_in_queue']).toEqual(waited);
    expect(found['acquire.requests']).toEqual({ ...waited, 'pg acquired': 2, 'pg queue_full': 1, 'pg refused': 1 });
    expect(found['permits.in_use']).toEqual({ 'pg connections': 0 });
  });

  it('measure waits in seconds', async () => {
    const set = oneAtATime('pg');
    await set.acquire();
    const waiting = expect(set.acquire({ timeout: 2_000 })).rejects.toThrow(AcquireTimeoutError);
    await clock.advance(2_000);
    await waiting;
    expect(await reader.text()).toContain('"sum":2,');
  });

  it('count a pool at each set where it waited, and once where it was served', async () => {
    const sets = [oneAtATime('eu'), oneAtATime('us')];
    const held = await Promise.all(sets.map((set) => set.acquire()));
    const waiting = new LimitPool({ limitSets: sets }).acquire();
    await settled();
    await held[1]?.release();
    await waiting;
    await settled();
    const found = await reader.read();
    expect(found['queued_requests']).toEqual({ eu: 0, us: 0 });
    expect(found['acquire.time_in_queue']).toEqual({ 'eu elsewhere': 1, 'us acquired': 1 });
  });

  it('count the end of a wait that a closed set refuses as failed', async () => {
    const set = oneAtATime('pg');
    await set.acquire();
    const waiting = expect(set.acquire()).rejects.toThrow();
    await set.close();
    await waiting;
    expect((await reader.read())['acquire.time_in_queue']).toEqual({ 'pg failed': 1 });
  });

  it('have all sets of a template as one, and none of its keys', async () => {
    const template = new LimitTemplate({ name: 'acme', clock, limits: [permit()] });
    await template.for('Jane Doe').acquire();
    await template.for('x'.repeat(300)).acquire();
    expect((await reader.read())['permits.in_use']).toEqual({ 'acme connections': 2 });
    expect(await reader.text()).not.toMatch(/Jane|xxx|#/);
    await template.close();
  });

  it('have what goes ahead without limits, of which nothing counts', async () => {
    const limited = { definitions: [{ kind: 'resource', key: 'connections', capacity: 1 }] } as unknown as Backend;
    const reach = new Reachability(clock);
    for (let tries = 0; tries < 3; tries += 1) reach.unanswered();
    const open = new OpenBackend(limited, reach);
    const holding = heard('pg', open.takeNow({ amounts: [1], covers: [true] }, 0));
    void holding?.release();
    expect(await reader.read()).toEqual({ 'acquire.requests': { 'pg unlimited': 1 } });
  });

  it('have the newest capacity where limits are defined anew', async () => {
    const define = (version: number, capacity: number) =>
      new LimitSet({ name: 'anew', version, clock, limits: [new ResourceLimit({ key: 'connections', capacity })] });
    const before = define(1, 2);
    const slot = await before.acquire();
    const after = define(2, 7);
    await after.acquire();
    await slot.release();
    const found = await reader.read();
    expect(found['capacity']).toEqual({ 'anew connections': 7 });
    expect(found['permits.in_use']).toEqual({ 'anew connections': 1 });
    await Promise.all([before.close(), after.close()]);
  });
});

describe('the metrics of a provider', () => {
  it('have its answers by what they say, and its pauses once each', async () => {
    const set = new LimitSet({ name: 'llm', shared: false, clock, limits: [permit()] });
    await set.use({}, (slot) => {
      slot.observe({ status: 200 });
      slot.observe({ status: 429, headers: { 'retry-after': '5' } });
      slot.observe({ status: 429, headers: { 'retry-after': '9' } });
      slot.observe('nothing that could be read');
    });
    const found = await reader.read();
    expect(found['provider.responses']).toEqual({ 'llm ok': 1, 'llm throttled rate_limit': 2, 'llm unknown': 1 });
    expect(found['pauses']).toEqual({ 'llm paused rate_limit': 1 });
  });

  it('have an account that is set aside as a circuit', async () => {
    const set = new LimitSet({ name: 'llm', shared: false, clock, limits: [permit()] });
    await set.use({}, (slot) => slot.observe({ status: 401 }));
    expect((await reader.read())['pauses']).toEqual({ 'llm circuit unauthorized': 1 });
  });
});

describe('who subscribes', () => {
  it('later does not hear the end of what began before', async () => {
    const set = oneAtATime('pg');
    const slot = await set.acquire();
    const waiting = set.acquire();
    const late = new TestReader();
    const stopLate = limitsMetrics({ meter: late.meter });
    await slot.release();
    const second = await waiting;
    expect(await late.read()).toMatchObject({ 'permits.in_use': { 'pg connections': 1 } });
    expect((await late.read())['queued_requests'] ?? {}).toEqual({});
    await second.release();
    stopLate();
    expect((await reader.read())['permits.in_use']).toEqual({ 'pg connections': 0 });
  });

  it('may stop: nothing is published then, and nothing more exported', async () => {
    const set = oneAtATime('pg');
    await set.acquire();
    stop();
    expect(limitEvents.hasSubscribers).toBe(false);
    const publish = jest.spyOn(limitEvents, 'publish');
    expect((await set.tryAcquire()).successful).toBe(false);
    await expect(set.acquire({ timeout: 0 })).rejects.toThrow(AcquireTimeoutError);
    expect(publish).not.toHaveBeenCalled();
    publish.mockRestore();
    expect(await reader.read()).toEqual({});
  });

  it('must have a meter', () => {
    for (const meter of [undefined, {}, 'meter']) {
      expect(() => limitsMetrics({ meter } as never)).toThrow(InvalidLimitError);
    }
    expect(() => limitsMetrics({ meter: reader.meter, metre: 1 } as never)).toThrow('did you mean meter?');
  });

  it('may have the meter of an application without an SDK', () => {
    limitsMetrics({ meter: metrics.getMeter('temporal-limits') })();
  });
});

it('every metric is exported with its unit and description', async () => {
  const set = oneAtATime('pg', { limits: [permit(), new CallLimit({ windowSeconds: 1, capacity: 9 })] });
  const slot = await set.acquire();
  slot.observe({ status: 429 });
  const waiting = expect(set.acquire({ timeout: 10 })).rejects.toThrow();
  await clock.advance(10);
  await waiting;
  const { resourceMetrics } = await reader.collect();
  const exported = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics.map(({ descriptor }) => descriptor));
  const others = Object.values(INSTRUMENTS).filter((instrument) => instrument !== INSTRUMENTS.leasesLost);
  for (const { name, unit, description } of others) {
    expect(exported).toContainEqual(expect.objectContaining({ name, unit, description }));
  }
  expect(exported).toHaveLength(others.length);
});
