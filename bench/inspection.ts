/**
 * What it takes a limiter to be looked at: 2,000 processes that all wait and hold, and the largest page of them. Tells the
 * time of one inspection, beside that of one hand-out of the same limiter, and the size of its answer.
 *
 *   npx tsx bench/inspection.ts [file for the results]
 */
import { Allocator } from '../src/limiter/allocator/allocator';
import { CallLimit, ResourceLimit } from '../src/index';
import { defineLimits } from '../src/limiter/definition/definition';
import { WIRE_VERSION, type Sync } from '../src/limiter/protocol/wire';
import { report } from './support/report';

const CLIENTS = 2_000;
const ROUNDS = 200;
const PAGE = 100;

const limits = defineLimits(
  [new CallLimit({ capacity: 10_000, windowSeconds: 60 }), new ResourceLimit({ key: 'connections', capacity: 1_000 })],
  'SlidingWindow',
);

function limiterOf(now: number): Allocator {
  const timing = { leaseMs: 30_000, horizonMs: 500, guardMs: 50 };
  const allocator = new Allocator({ version: 1, limits, timing }, now);
  const zeros = limits.map(() => 0);
  for (let i = 0; i < CLIENTS; i += 1) {
    const client = `4b6f1c9e-0000-4000-8000-${String(i).padStart(12, '0')}`;
    const sync: Sync = {
      ...{ wire: WIRE_VERSION, client, seq: 1, queue: `temporal-limits-push:${client}`, fence: 0, version: 1 },
      ...{ where: `${4_000 + i}@worker-${i}.production.example`, seen: 0, seenGrants: 0, used: [], refunds: [] },
      ...{ starting: zeros, returned: zeros, refunded: zeros, excess: zeros, inUse: [0, i % 2], keep: [0, 1] },
      ...{ holdingMs: 900, demand: [[3, 0, now, 1, 1]], ahead: zeros, reply: false },
    };
    allocator.receive(sync, now);
  }
  allocator.advance(now);
  return allocator;
}

/** The median time of something. Unit: milliseconds. */
function median(act: () => unknown): number {
  const took = Array.from({ length: ROUNDS }, () => {
    const begun = performance.now();
    act();
    return performance.now() - begun;
  });
  return took.sort((a, b) => a - b)[ROUNDS / 2] ?? NaN;
}

const now = Date.now();
const allocator = limiterOf(now);
const page = { set: 'bench', ...allocator.inspect({ clients: PAGE }, now) };
const bytes = Buffer.byteLength(JSON.stringify(page));
const inspectMs = median(() => allocator.inspect({ clients: PAGE }, now));
const advanceMs = median(() => allocator.advance(now));
report(
  'inspection',
  [
    {
      title: `A limiter of ${CLIENTS} clients is looked at: the largest page has ${page.clients.length} of them`,
      columns: ['an inspection, ms', 'a hand-out, ms', 'a page, KiB'],
      rows: [[inspectMs.toFixed(2), advanceMs.toFixed(2), (bytes / 1_024).toFixed(1)]],
    },
  ],
  { inspectMs, advanceMs, bytes },
  process.argv[2],
);
