import { Lease } from '../../../src/limiter/lease/lease';
import { WIRE_VERSION, type Push } from '../../../src/limiter/protocol/wire';
import { defined, permits } from '../../../simulator/scenario/definitions';

const LEASE_MS = 30_000;

/** A lease of one limit of permits that was answered at once, and was renewed too late. */
function renewedLate() {
  const definition = defined([permits(1)]);
  const lease = new Lease(
    { ...definition, timing: { ...definition.timing, leaseMs: LEASE_MS } },
    { client: 'a', queue: 'q' },
    [0],
  );
  lease.compose([], 0, true);
  lease.apply(push({ seq: 1, ack: 1 }), 10);
  lease.compose([], LEASE_MS - 1_000, true);
  lease.delivered(2, LEASE_MS + 1_000);
  return lease;
}

function push(said: Pick<Push, 'seq' | 'ack'> & Partial<Push>): Push {
  const { seq } = said;
  const none = { firstGrant: 1, grants: [], levels: [0], more: false };
  return { wire: WIRE_VERSION, client: 'a', ackAt: 0, now: 5 * seq, status: 'granted', fence: seq, ...none, ...said };
}

describe('a lease that was not known to continue before it had run out', () => {
  it("takes nothing from what was pushed before: it may be others' by now", () => {
    const lease = renewedLate();
    expect(lease.apply(push({ seq: 2, ack: 1, levels: [1] }), LEASE_MS + 2_000)).toBe(false);
    expect(lease.readyAt([1], LEASE_MS + 2_000)).toBe(Infinity);
  });

  it('continues with what its limiter has pushed since it heard of it again', () => {
    const lease = renewedLate();
    expect(lease.apply(push({ seq: 3, ack: 2, levels: [1] }), LEASE_MS + 2_000)).toBe(true);
    expect(lease.readyAt([1], LEASE_MS + 2_000)).toBeLessThanOrEqual(LEASE_MS + 2_000);
  });
});
