import { LeaseClient } from '../../src/acquire/client/lease-client';
import { Allocator, type AllocatorSnapshot } from '../../src/limiter/allocator/allocator';
import { SNAPSHOT_VERSION } from '../../src/limiter/allocator/snapshot/snapshot';
import { Lease } from '../../src/limiter/lease/lease';
import type { Push } from '../../src/limiter/protocol/wire';
import { defined, permits } from '../../simulator/scenario/definitions';
import { Desk, START } from '../support/desk';
import { limitOf } from '../support/limit-of';
import { reload } from '../support/reload';

const LIMITS = [permits(1)];

/** A process with one acquisition that waits, and what became of that. */
function waiting() {
  const client = new LeaseClient({
    name: 'set',
    definition: defined(LIMITS),
    link: { queue: 'limits-push:client', send: async () => undefined },
    clock: { now: () => START, after: () => () => undefined },
    newId: () => 'client',
    newLease: (definition, identity, inUse) => new Lease(definition, identity, inUse),
    newFlow: () => ({ wake: () => undefined, stop: () => undefined }),
    newController: () => new AbortController(),
    present: () => ({ now: 0, parseDate: Date.parse }),
  });
  const request = { amounts: [1], covers: [true] };
  const passed = client.gate.pass(request, { priority: 0, timeoutMs: undefined, signal: undefined });
  return { client, passed };
}

/** What the limiter of another release might push, of which nothing but its envelope can be understood. */
const pushed = (wire: number, status: string, more: object = {}): Push =>
  ({ wire, client: 'client', status, ...more }) as unknown as Push;

describe('a process', () => {
  it('that hears from a limiter of a newer protocol says who is to be updated', async () => {
    const { client, passed } = waiting();
    client.take(pushed(2, 'granted', { leases: {} }));
    await expect(passed).rejects.toMatchObject({
      name: 'LimiterUnavailableError',
      message: expect.stringContaining('version 2 of the protocol, this process 1: update this process'),
    });
  });

  it('that hears from a limiter of an older protocol says who is to be updated', async () => {
    const { client, passed } = waiting();
    client.take(pushed(0, 'granted'));
    await expect(passed).rejects.toThrow('update the workers that run limiters');
  });

  it.each([0, 1, 2])('understands a refusal in version %d of the protocol', async (wire) => {
    const { client, passed } = waiting();
    client.take(pushed(wire, 'refused', { detail: 'update yourself' }));
    await expect(passed).rejects.toThrow('update yourself');
  });
});

describe('a limiter', () => {
  it.each([0, 2])('refuses a client that speaks version %d of the protocol, and names both', (wire) => {
    const desk = new Desk(LIMITS);
    desk.says('client', { wire: wire as 1 });
    expect(desk.turn()).toMatchObject([
      {
        client: 'client',
        status: 'refused',
        detail: `not understood: version ${wire} of the protocol, which is 1 here`,
      },
    ]);
    expect(desk.allocator.stats(START).counters.refused).toBe(1);
  });

  it('serves a client of a later release that adds what it does not know', () => {
    const desk = new Desk(LIMITS);
    desk.says('client', { demand: [[1]], mood: 'curious' } as never);
    expect(desk.turn()).toMatchObject([{ status: 'granted', levels: [1] }]);
  });

  const snapshot = (version: unknown): AllocatorSnapshot =>
    ({ ...reload(new Allocator(defined(LIMITS), START).snapshot()), snapshot: version }) as AllocatorSnapshot;

  it('restores a snapshot of its own version, with fields of a later release in it', () => {
    const saved = { ...snapshot(SNAPSHOT_VERSION), mood: 'curious' };
    expect(Allocator.restore(saved, START).stats(START).limits).toMatchObject({ connections: { available: 1 } });
  });

  it('does not restore a newer snapshot, and says which release would', () => {
    expect(() => Allocator.restore(snapshot(SNAPSHOT_VERSION + 1), START)).toThrow(
      new RangeError(
        "Cannot restore the limiter's snapshot: it has version 2, and this release reads only version 1; " +
          'run limiters with the release that wrote it, or a later one',
      ),
    );
  });

  it.each([0, '1', null, undefined])('does not restore a snapshot of version %p', (version) => {
    expect(() => Allocator.restore(snapshot(version), START)).toThrow('this release reads only version 1');
  });

  it('counts as used what a client of an earlier release gives back, which does not say when it was started', () => {
    const limits = [limitOf('TokenBucket', { windowMs: 1e9, capacity: 10 })];
    const desk = new Desk(limits);
    desk.says('old', { demand: [[10]] });
    desk.turn();
    desk.says('old', { used: [[desk.now, 10]] });
    desk.turn(1_000);
    desk.says('old', { used: [[desk.now, 10]], refunded: [9] });
    expect(desk.available('tokens')).toBeCloseTo(0, 3);
  });
});
