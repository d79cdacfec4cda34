import { Allocator } from '../../../../src/limiter/allocator/allocator';
import {
  readSnapshot,
  SNAPSHOT_FORMAT,
  type SnapshotFormat,
} from '../../../../src/limiter/allocator/snapshot/snapshot-check';
import { calls, permits } from '../../../../simulator/scenario/definitions';
import { reload } from '../../../support/reload';
import { Desk } from '../../../support/desk';

/** A later release, made up for the test, whose snapshots have a field more, which must be there. */
const NEXT: SnapshotFormat = {
  version: 2,
  upgrades: { 1: (snapshot) => ({ ...snapshot, pausedUntil: 0 }) },
  fault: (snapshot) => (snapshot['pausedUntil'] === 0 ? SNAPSHOT_FORMAT.fault(snapshot) : 'pausedUntil'),
};

/** What a limiter of this release hands on, with something of everything in it. */
function handedOn(): ReturnType<Allocator['snapshot']> {
  const desk = new Desk([calls(10, 60_000), permits(2)]);
  desk.says('a', {
    demand: [
      [1, 1],
      [1, 1],
      [20, 1],
    ],
  });
  desk.turn();
  desk.says('run', { queue: 'run:01234567-89ab-cdef-0123-456789abcdef:id', demand: [[1, 0]] });
  desk.turn();
  return reload(desk.allocator.snapshot());
}

describe('a snapshot', () => {
  test('of this release is read as it stands', () => {
    const snapshot = handedOn();
    expect(readSnapshot(snapshot)).toEqual(snapshot);
    expect(reload(Allocator.restore(snapshot, 0).snapshot())).toEqual(snapshot);
  });

  test('of this release is upgraded by the next one, with nothing of it lost', () => {
    const snapshot = handedOn();
    expect(readSnapshot(snapshot, NEXT)).toEqual({ ...snapshot, snapshot: 2, pausedUntil: 0 });
  });

  test('is upgraded step by step over several releases', () => {
    const later: SnapshotFormat = {
      version: 3,
      upgrades: { ...NEXT.upgrades, 2: ({ pausedUntil, ...rest }) => ({ ...rest, pauses: [pausedUntil] }) },
      fault: ({ pauses }) => (Array.isArray(pauses) ? undefined : 'pauses'),
    };
    const snapshot = handedOn();
    expect(readSnapshot(snapshot, later)).toEqual({ ...snapshot, snapshot: 3, pauses: [0] });
    expect(readSnapshot(readSnapshot(snapshot, NEXT), later)).toEqual({ ...snapshot, snapshot: 3, pauses: [0] });
  });

  test('of the next release is refused by this one, which says what to do', () => {
    const next = readSnapshot(handedOn(), NEXT);
    expect(() => Allocator.restore(next, 0)).toThrow(
      "Cannot restore the limiter's snapshot: it has version 2, and this release reads only version 1; run limiters with the release that wrote it, or a later one",
    );
  });

  test('that an upgrade leaves incomplete is refused', () => {
    const forgetful = { ...NEXT, upgrades: { 1: (snapshot: object) => ({ ...snapshot }) } };
    expect(() => readSnapshot(handedOn(), forgetful)).toThrow("Cannot restore the limiter's snapshot: pausedUntil");
    expect(() => readSnapshot(handedOn(), { ...NEXT, upgrades: {} })).toThrow('nothing upgrades version 1 to 2');
  });

  test.each([0, 1.5, '1', undefined])('of a version that never was, %p, is refused', (version) => {
    expect(() => readSnapshot({ ...handedOn(), snapshot: version })).toThrow('this release reads only version 1');
  });

  test.each([
    { what: 'demand', clients: [{ demand: { waiting: [{ count: 1 }], ahead: [0, 0] } }] },
    { what: 'units', clients: [{ units: undefined }] },
    { what: 'permits', clients: [{ permits: { inUse: [0], cap: [0, 0], kept: [0, 0], unseen: [] } }] },
  ])('with damaged $what of a client is refused', ({ clients: [damage] }) => {
    const snapshot = handedOn();
    const damaged = { ...snapshot, clients: snapshot.clients.map((client) => ({ ...client, ...damage })) };
    expect(() => readSnapshot(damaged)).toThrow("Cannot restore the limiter's snapshot: clients[0]");
  });
});
