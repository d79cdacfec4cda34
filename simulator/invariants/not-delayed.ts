import { Ledger } from '../../src/limiter/ledger/ledger';
import { revisable } from '../../src/limiter/algorithms/algorithms';
import type { AllocatorSnapshot } from '../../src/limiter/allocator/allocator';
import { at } from '../../src/limiter/vector/vector';
import { EPOCH } from '../world/virtual-clock';
import type { Invariant } from './invariant';

/** Requests of different clients whose arrivals differ by less are taken for equally old. Unit: milliseconds. */
const GRAIN_MS = 250;

/** The first that waits, and of which limits there is room for it. */
interface First {
  readonly client: string;
  readonly since: number;
  readonly amounts: readonly number[];
  readonly room: readonly boolean[];
}

/**
 * Who waits for one limit does not lose another one meanwhile. Where permits are limited, too, those go first that can
 * start sooner; faults take clients out of the order.
 */
export const notDelayed: Invariant = {
  name: 'not delayed',
  promise:
    'where units are all that is limited, the room that a limit has for the one who has waited longest is not given to those who pass it',
  watch({ fail, definition: { limits }, scenario: { faults }, world }) {
    if (faults.length > 0 || limits.some(({ kind }) => kind === 'resource')) return {};
    let before: First | undefined;
    return {
      woke(read) {
        const first = firstOf(read(), EPOCH + Math.floor(world.now()));
        if (first !== undefined && before !== undefined && isSame(first, before)) {
          const lost = first.room.findIndex((hasRoom, i) => !hasRoom && before?.room[i] === true);
          if (lost >= 0)
            fail(`${first.client} waits since ${first.since}, and ${String(limits[lost]?.key)} went to others`);
        }
        before = first;
      },
    };
  },
};

function isSame(one: First, other: First): boolean {
  return one.client === other.client && one.since === other.since && String(one.amounts) === String(other.amounts);
}

/** The first that waits and has nothing yet, if it is clear who that is. */
function firstOf({ definition: { limits }, ledger, clients }: AllocatorSnapshot, now: number): First | undefined {
  const waiting = clients.flatMap(({ id, units, demand }) =>
    demand.waiting.map((entry) => ({ ...entry, id, units, age: Math.floor(entry.since / GRAIN_MS) })),
  );
  const [first, second] = waiting.sort((a, b) => b.priority - a.priority || a.age - b.age);
  if (first === undefined || (second?.priority === first.priority && second.age === first.age)) return undefined;
  const { id, since, amounts, units } = first;
  const books = new Ledger(limits, now, ledger, revisable);
  // what its client has of a limit may be meant for another
  if (limits.some((_, i) => at(units.granted, i) > at(units.resolved, i))) return undefined;
  const room = limits.map((_, i) => books.available(i, now) >= at(amounts, i));
  return { client: id, since, amounts, room };
}
