import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Host } from '../../src/activities/plugin/hosts';
import { LimitsAdmin } from '../../src/client/admin/limits-admin';
import { CallLimit, type LimitSet } from '../../src/index';
import { grpcCodeOf } from '../../src/client/link/reachability';
import { checkSetOptions } from '../../src/client/sets/limit-set-options';
import { Allocator } from '../../src/limiter/allocator/allocator';
import type { AllocatorSnapshot } from '../../src/limiter/allocator/snapshot/snapshot';
import { mostClients } from '../../src/limiter/allocator/snapshot/snapshot-budget';
import type { SetDefinition } from '../../src/limiter/definition/definition';
import { WIRE_VERSION, type Sync } from '../../src/limiter/protocol/wire';
import { limitFromJSON } from '../../src/limiter/definition/limits';
import type { ChangeRequest } from '../../src/limiter/control/change';
import { stillInUse } from '../../src/limiter/control/inspected';
import type { WhyCause } from '../../src/limiter/control/why';
import {
  controlUpdate,
  endedSignal,
  inspectQuery,
  LIMITER_TASK_QUEUE,
  LIMITER_WORKFLOW,
  limiterId,
  limiterStart,
} from '../../src/workflows/limiter/protocol';
import { heard, killChildren, startChild } from '../support/children';
import { runsOf } from '../support/limiter-runs';
import { TemporalForTests } from '../support/temporal';
import { until } from '../support/until';

let temporal: TemporalForTests;
let admin: LimitsAdmin;
let host: Host;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
  host = await temporal.host();
  admin = new LimitsAdmin({ client: temporal.client });
});

afterAll(async () => {
  await killChildren();
  await temporal.stop();
});

/** gRPC's code. */
const RESOURCE_EXHAUSTED = 8;

const CALLS = { kind: 'call', key: 'call_count', capacity: 100, windowSeconds: 600 } as const;
const CONNECTIONS = { kind: 'resource', key: 'connections', capacity: 2 } as const;

function aSet(name = randomUUID()) {
  return { name, limits: temporal.set({ name, limits: [CALLS, CONNECTIONS] }), steered: admin.set(name) };
}

const whyIs = async (name: string, cause: WhyCause): Promise<void> =>
  until(`why is ${cause}`, async () => {
    const why = await admin.set(name).why();
    return why.cause === cause || JSON.stringify(why);
  });

test('a pause keeps everything back until it is resumed, also by another process', async () => {
  const { name, limits, steered } = aSet();
  await limits.use({}, () => Promise.resolve());
  await steered.pause({ reason: 'maintenance', by: 'the test' });
  const waiting = limits.acquire({});
  await whyIs(name, 'PAUSED');
  expect((await steered.inspect()).control.pause).toMatchObject({ reason: 'maintenance', by: 'the test' });
  await expect(limits.acquire({ timeout: 500 })).rejects.toThrow(/operator has paused the set \("maintenance"\)/);
  const other = temporal.set({ name, limits: [CALLS, CONNECTIONS] });
  await expect(other.tryAcquire({})).resolves.toMatchObject({ successful: false });
  await steered.resume();
  await (await waiting).release();
});

test('a look by a clock that is ahead does not end a pause', async () => {
  const { name, limits, steered } = aSet();
  await limits.use({}, () => Promise.resolve());
  await steered.pause({ for: '5m' });
  const limiter = temporal.client.workflow.getHandle(limiterId(name));
  const seen = await limiter.query(inspectQuery, {}, Date.now() + 600_000);
  expect(seen.control.pause).toBeDefined();
  expect(seen.at).toBeLessThan(seen.control.pause?.until ?? 0);
  await limits.close();
});

test('a change that nobody waits for any more is not made', async () => {
  const { name, limits, steered } = aSet();
  await limits.use({}, () => Promise.resolve());
  const limiter = temporal.client.workflow.getHandle(limiterId(name));
  const late: ChangeRequest = { action: 'pause', notAfter: Date.now() - 60_000 };
  const refused = limiter.executeUpdate(controlUpdate, { args: [late] });
  await expect(refused).rejects.toMatchObject({ cause: { type: 'InvalidChangeError' } });
  expect((await steered.inspect()).control.revision).toBe(0);
  await limits.close();
});

test('a capacity that an operator sets counts until it is reset', async () => {
  const { name, limits, steered } = aSet();
  await limits.use({}, () => Promise.resolve());
  const { capacities } = await steered.setCapacity({ connections: 1 }, { for: '1h', reason: 'the provider cut us' });
  expect(capacities['connections']).toEqual({ before: 2, after: 1 });
  const first = await limits.acquire({});
  await expect(limits.tryAcquire({})).resolves.toMatchObject({ successful: false });
  expect((await steered.inspect()).limits[1]).toMatchObject({
    defined: 2,
    capacity: 1,
    source: 'operator',
    started: 1,
  });
  const waiting = limits.acquire({});
  await whyIs(name, 'PERMITS');
  await steered.resetCapacity();
  await (await waiting).release();
  await first.release();
});

test('says why somebody waits, for each cause that a set can have', async () => {
  const { name, limits, steered } = aSet();
  await whyIs(name, 'NOT_STARTED');
  const [a, b] = await Promise.all([limits.acquire({}), limits.acquire({})]);
  await whyIs(name, 'NONE');
  const third = limits.acquire({});
  await whyIs(name, 'PERMITS');
  const { clients } = await steered.inspect();
  expect(clients[0]).toMatchObject({
    where: expect.stringMatching(/^\d+@/) as unknown,
    waiting: 1,
    inUse: { connections: 2 },
  });
  await a.release();
  await b.release();
  await (await third).release();
  const tooMany = limits.acquire({ requested: { call_count: 97 } });
  await (await tooMany).release();
  const beyond = limits.acquire({ requested: { call_count: 50 } });
  await whyIs(name, 'LIMIT');
  await steered.setCapacity({ call_count: 10 });
  await whyIs(name, 'TOO_BIG');
  const refused = expect(beyond).rejects.toThrow(/has been closed/);
  await limits.close();
  await refused;
});

test('says why, for what is wrong with a limiter or its provider', async () => {
  const { name, limits, steered } = aSet();
  const refused = { status: 401 };
  for (let i = 0; i < 3; i += 1) {
    const slot = await limits.acquire({});
    slot.observe(refused);
    await slot.release();
  }
  await whyIs(name, 'CIRCUIT');
  await steered.pause();
  await whyIs(name, 'PAUSED');

  const { definition } = checkSetOptions({
    name,
    mode: 'temporal',
    limits: [limitFromJSON(CALLS), limitFromJSON(CONNECTIONS)],
  });
  const { workflow } = temporal.client;
  const start = (set: string, taskQueue: string, args: unknown[]): Promise<unknown> =>
    workflow.start(LIMITER_WORKFLOW, { ...limiterStart(set, definition, taskQueue), args });
  await start(`${name} unhosted`, 'nobody-polls-it', [{ definition }]);
  await whyIs(`${name} unhosted`, 'UNHOSTED');
  await start(`${name} stuck`, LIMITER_TASK_QUEUE, [{ definition, unreadableEncoding: 'binary/encrypted' }]);
  await whyIs(`${name} stuck`, 'STUCK');
  await workflow.getHandle(limiterId(`${name} stuck`)).terminate();

  const full = aSet(`${name} full`);
  await start(full.name, LIMITER_TASK_QUEUE, [{ definition, state: fullHouse(definition) }]);
  const turnedAway = full.limits.acquire({}).catch(() => undefined);
  await whyIs(full.name, 'FULL');
  await full.limits.close();
  await turnedAway;
}, 120_000);

/** The state of a limiter that knows as many clients as it can. */
function fullHouse(definition: SetDefinition): AllocatorSnapshot {
  const now = Date.now();
  const allocator = new Allocator(definition, now);
  const zeros = definition.limits.map(() => 0);
  for (let i = 0; i < mostClients(definition.limits.length); i += 1) {
    const client = `client ${i}`;
    const sync: Sync = {
      ...{ wire: WIRE_VERSION, client, seq: 1, queue: '', fence: 0, version: definition.version, definition },
      ...{ seen: 0, seenGrants: 0, used: [], starting: zeros, returned: zeros, refunded: zeros, refunds: [] },
      ...{ excess: zeros, inUse: zeros, keep: zeros, holdingMs: 0, demand: [], ahead: zeros, reply: false },
    };
    allocator.receive(sync, now);
  }
  return allocator.snapshot();
}

test('drains: nothing is in use when it is through', async () => {
  const { limits, steered } = aSet();
  const held = await limits.acquire({});
  await until('its call is known to have started', async () => {
    const inUse = JSON.stringify(stillInUse(await steered.inspect()));
    return inUse === '{"connections":1}' || inUse;
  });
  await expect(steered.drain({ timeout: 300 })).rejects.toThrow(/still has in use: connections 1/);
  const drained = steered.drain();
  await held.release();
  expect((await drained).limits[1]!.started).toBe(0);
});

test('refuses what makes no sense, and says what would', async () => {
  const { name, limits, steered } = aSet();
  await limits.use({}, () => Promise.resolve());
  await expect(steered.setCapacity({ conections: 1 })).rejects.toMatchObject({
    name: 'InvalidChangeError',
    message: expect.stringContaining('Did you mean "connections"?') as unknown,
  });
  await expect(steered.pause({ ifRevision: 7 })).rejects.toThrow(/the set is at 0, not 7/);
  await expect(admin.set('no such set').pause()).rejects.toMatchObject({ name: 'NoLimiterError' });
  expect((await admin.list()).map(({ set }) => set)).toContain(name);
});

test('a pause and a capacity outlive a host that is killed, three runs and a deploy', async () => {
  await host.stop();
  host = await temporal.host(false);
  const killed = startChild(temporal.server, { role: 'host' });
  await heard(killed);
  const name = randomUUID();
  const limits = [new CallLimit({ windowSeconds: 1, capacity: 20 }), limitFromJSON(CONNECTIONS)];
  const { definition } = checkSetOptions({ name, mode: 'temporal', limits });
  const { workflow } = temporal.client;
  await workflow.start(LIMITER_WORKFLOW, {
    ...limiterStart(name, definition, LIMITER_TASK_QUEUE),
    args: [{ definition, maxEvents: 50 }],
  });
  let [starts, goesOn] = [0, true];
  const work = async (set: LimitSet): Promise<void> => {
    while (goesOn) await set.use({}, () => void (starts += 1));
  };
  const sets = Array.from({ length: 3 }, () => temporal.set({ name, limits }));
  const working = Promise.all(sets.flatMap((set) => [work(set), work(set)]));
  await until('all are at work', () => starts > 20);
  const steered = admin.set(name);
  await steered.setCapacity({ connections: 1 });
  await steered.pause({ reason: 'the test' });
  await until('all have heard of it', () => sets.every((set) => set.suspension !== undefined));
  await setImmediate();
  const before = starts;

  killed.kill('SIGKILL');
  await heard(startChild(temporal.server, { role: 'host' }));
  const runs = async (): Promise<number> => (await runsOf(temporal.client, name)).length;
  const first = await runs();
  await until('three more runs have gone by', async () => {
    await workflow
      .getHandle(limiterId(name))
      .signal(endedSignal, 'nobody')
      .catch((error: unknown) => {
        // a run that is about to end takes no signal
        if (grpcCodeOf(error) !== RESOURCE_EXHAUSTED) throw error;
      });
    return (await runs()) >= first + 3;
  });
  const deployed = temporal.set({ name, version: 2, limits: [limits[0]!, { ...CONNECTIONS, capacity: 5 }] });
  await expect(deployed.tryAcquire()).resolves.toMatchObject({ successful: false });
  const { version, control, limits: shown } = await steered.inspect();
  expect({ version, revision: control.revision, connections: shown[1] }).toMatchObject({
    ...{ version: 2, revision: 2 },
    connections: { defined: 5, capacity: 1, source: 'operator' },
  });
  expect(starts).toBe(before);
  await steered.resume();
  await until('all are at work again', () => starts > before);
  goesOn = false;
  await working;
  await killChildren();
  await host.stop();
  host = await temporal.host();
});

test("a limiter's page in Temporal says what it is for and how it stands", async () => {
  const { name, limits, steered } = aSet();
  await limits.use({}, () => Promise.resolve());
  await steered.pause({ reason: 'maintenance', by: 'the test' });
  const handle = temporal.client.workflow.getHandle(limiterId(name));
  expect(await (await handle.describe()).staticSummary()).toBe(`Limiter of the set "${name}"`);
  await until('the page has been written', async () => {
    const { currentDetails = '' } = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    return currentDetails.includes('**Paused** by the test: maintenance') || currentDetails;
  });
});
