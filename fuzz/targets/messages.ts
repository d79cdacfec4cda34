import fc from 'fast-check';
import { LeaseClient } from '../../src/acquire/client/lease-client';
import { Allocator, type AllocatorSnapshot } from '../../src/limiter/allocator/allocator';
import type { ChangeRequest } from '../../src/limiter/control/change';
import type { SetDefinition } from '../../src/limiter/definition/definition';
import { Lease } from '../../src/limiter/lease/lease';
import { RunLease } from '../../src/limiter/lease/run-lease';
import { unpack } from '../../src/limiter/allocator/snapshot/packed';
import { withinBudget } from '../../src/limiter/allocator/snapshot/snapshot-budget';
import type { Push, Sync } from '../../src/limiter/protocol/wire';
import { target, type Target } from '../target';
import { mutated, oddJson } from '../values';
import { orRefused } from '../verdict';

const START = 1_700_000_000_000;
const WINDOW = { capacity: 10, windowMs: 1_000, overage: 'charge' } as const;
const DEFINITION: SetDefinition = {
  version: 1,
  limits: [
    { kind: 'call', key: 'calls', algorithm: 'SlidingWindow', ...WINDOW },
    { kind: 'rate', key: '__proto__', algorithm: 'TokenBucket', ...WINDOW },
    { kind: 'resource', key: 'constructor', capacity: 3 },
  ],
  timing: { leaseMs: 30_000, horizonMs: 500, guardMs: 50 },
};

const SYNC: Sync = {
  wire: 1,
  client: 'liar',
  seq: 2,
  queue: 'limits-push:liar',
  fence: 0,
  replaces: 'victim',
  version: 1,
  definition: DEFINITION,
  seen: 0,
  seenGrants: 0,
  used: [[START, 1, 1, 0]],
  starting: [0, 0, 0],
  returned: [0, 0, 0],
  refunded: [0, 0, 0],
  refunds: [[START, START + 10, 0, 0, 0]],
  excess: [0, 0, 0],
  inUse: [0, 0, 1],
  keep: [0, 0, 1],
  holdingMs: 100,
  demand: [
    [2, 0, START, 1, 2, 1],
    [1, 1, START, 0, 5, 2],
  ],
  ahead: [0, 0, 1],
  reply: true,
  feedback: {
    ok: 3,
    throttled: 1,
    failed: 1,
    cause: 'rate_limit',
    at: START,
    holdMs: 1_000,
    probe: [1, 'ok'],
    seen: [[0, 1_000, 3, -1]],
  },
};
const HONEST: Sync = { ...SYNC, client: 'victim', queue: 'limits-push:victim', replaces: 'nobody' };

const CHANGE: ChangeRequest = {
  action: 'set',
  capacity: { calls: 5, ['__proto__']: 3, constructor: 1 },
  keys: ['calls'],
  client: 'victim',
  forMs: 1_000,
  by: 'somebody',
  reason: 'none',
  ifRevision: 0,
};

const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** Has a limiter do all that it does by itself, and checks that no capacity has come out of nothing. */
function live(allocator: Allocator, from: number): void {
  for (let now = from; now < from + 3_000; now += 700) {
    allocator.advance(now);
    allocator.publish(now);
    allocator.unconfirmed(now);
    for (const [key, { capacity, available }] of Object.entries(allocator.stats(now).limits)) {
      if (!(available <= capacity)) throw new Error(`${available} of ${capacity} available of ${key}`);
    }
  }
}

function limiter(): Allocator {
  const allocator = new Allocator(DEFINITION, START);
  allocator.receive(HONEST, START);
  live(allocator, START);
  return allocator;
}

const snapshot = copyOf(steered().snapshot());

/** One that an operator has paused, and turned down. */
function steered(): Allocator {
  const allocator = limiter();
  allocator.change({ ...CHANGE, capacity: { calls: 5 } }, START + 2_900);
  allocator.change({ action: 'pause', forMs: 500 }, START + 2_900);
  return allocator;
}

const PUSH: Push = {
  wire: 1,
  client: 'client',
  seq: 3,
  ack: 1,
  ackAt: START,
  now: START,
  status: 'granted',
  detail: 'none',
  definition: { ...DEFINITION, version: 2 },
  fence: START,
  firstGrant: 1,
  grants: [[START, START + 500, 1, 2, 0]],
  levels: [0, 0, 2],
  provider: { kind: 'PAUSED', cause: 'overloaded', until: START + 800, probe: 2 },
  guardMs: 100,
  lowered: [[0, 5, 'adaptive']],
  more: true,
};

function client(isRun: boolean): LeaseClient {
  let clients = 0;
  return new LeaseClient({
    name: 'set',
    definition: DEFINITION,
    link: { queue: 'limits-push:client', send: async () => undefined },
    clock: { now: () => START, after: () => () => undefined },
    newId: () => (clients++ === 0 ? 'client' : `client ${clients}`),
    newLease: (definition, identity, inUse) => new (isRun ? RunLease : Lease)(definition, identity, inUse),
    newFlow: () => ({ wake: () => undefined, stop: () => undefined }),
    newController: () => new AbortController(),
    present: () => ({ now: 0, parseDate: Date.parse }),
  });
}

/** What limiters and their clients say to each other, and what a limiter hands on to its next run. */
export const messages: readonly Target[] = [
  target('syncs', fc.array(fc.oneof(mutated(SYNC, oddJson), oddJson), { minLength: 1, maxLength: 8 }), (syncs) => {
    const allocator = limiter();
    syncs.forEach((sync, i) => {
      allocator.receive(sync, START + 3_000 + i);
      live(allocator, START + 3_000 + i);
    });
    const handedOn = withinBudget(allocator.snapshot());
    if (JSON.stringify(handedOn).length > 2 * 2 ** 20) throw new Error('too long for Temporal');
    live(Allocator.restore(unpack(copyOf(handedOn)) as AllocatorSnapshot, START + 6_000), START + 6_000);
  }),
  target('addresses of those that ended', fc.array(oddJson, { maxLength: 5 }), (addresses) => {
    const allocator = limiter();
    allocator.ended(addresses as string[], START);
    live(allocator, START + 3_000);
  }),
  target(
    'changes of operators',
    fc.array(fc.oneof(mutated(CHANGE, oddJson), oddJson), { maxLength: 5 }),
    async (all) => {
      const allocator = limiter();
      for (const [i, request] of all.entries()) {
        await orRefused(() => allocator.change(request as ChangeRequest, START + 3_000 + i));
        live(allocator, START + 3_000 + i);
        allocator.inspect(typeof request === 'object' && request !== null ? request : {}, START + 3_000 + i);
        allocator.summary(START + 3_000 + i);
      }
      live(Allocator.restore(copyOf(allocator.snapshot()), START + 6_000), START + 6_000);
    },
  ),
  target('snapshots', mutated(snapshot, oddJson), async (damaged) => {
    const restored: Allocator[] = [];
    const isSound = await orRefused(() => restored.push(Allocator.restore(damaged as AllocatorSnapshot, START)));
    for (const allocator of restored) {
      allocator.receive(HONEST, START);
      allocator.advance(START);
      allocator.publish(START);
      allocator.stats(START);
    }
    if (!isSound && JSON.stringify(damaged) === JSON.stringify(snapshot)) throw new Error('refused though undamaged');
  }),
  target('pushes', fc.tuple(fc.boolean(), fc.array(mutated(PUSH, oddJson), { maxLength: 6 })), ([isRun, pushes]) => {
    const hearer = client(isRun);
    const waiting = hearer.gate.pass({ amounts: [1, 2, 1], covers: [true, true, true] }, WAIT);
    waiting.catch(() => undefined);
    for (const push of pushes as Push[]) {
      hearer.take(push);
      if (hearer.fatal === undefined) JSON.stringify(hearer.compose());
    }
    if (hearer.fatal !== undefined && !/LimiterUnavailable|DefinitionConflict/.test(hearer.fatal.name))
      throw hearer.fatal;
  }),
];

const WAIT = { priority: 0, timeoutMs: undefined, signal: undefined };
