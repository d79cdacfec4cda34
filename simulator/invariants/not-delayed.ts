import { Ledger } from '../../src/limiter/ledger/ledger';
import { revisable } from '../../src/limiter/algorithms/algorithms';
import type { AllocatorSnapshot } from '../../src/limiter/allocator/allocator';
import { pacingOf } from '../../src/limiter/protocol/pacing';
import { at } from '../../src/limiter/vector/vector';
import { EPOCH } from '../world/virtual-clock';
import type { Invariant } from './invariant';

/** Requests of different clients whose arrivals differ by less are taken for equally old. Unit: milliseconds. */
const GRAIN_MS = 250;

/** The first that waits, and when each limit has room for it. */
interface First {
  readonly client: string;
  readonly since: number;
  readonly amounts: readonly number[];
  readonly seenAt: number;
  readonly readyAt: readonly number[];
}

/**
 * Who waits for one limit does not lose another one meanwhile, other than to those whose units begin soon and recover
 * before. Where permits are limited, too, those go first that can start sooner; faults take clients out of the order.
 */
export const notDelayed: Invariant = {
  name: 'not delayed',
  promise:
    'where units are all that is limited, the room that a limit has for the one who has waited longest is not given to those who pass it',
  watch({ fail, definition, scenario: { faults, transactionMs }, world }) {
    const { limits, timing } = definition;
    const aheadMs = pacingOf(definition, 0).farthestMs + timing.guardMs;
    if (faults.length > 0 || transactionMs > 0 || limits.some(({ kind }) => kind === 'resource')) return {};
    let before: First | undefined;
    return {
      woke(read) {
        const first = firstOf(read(), EPOCH + Math.floor(world.now()));
        if (first !== undefined && before !== undefined && isSame(first, before)) {
          const { seenAt, readyAt } = before;
          const soon = Math.max(first.seenAt + aheadMs, ...readyAt.map((moment) => (moment === Infinity ? 0 : moment)));
          const lost = first.readyAt.findIndex((moment, i) => moment > soon && at(readyAt, i) <= seenAt);
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
function firstOf(
  { definition: { limits }, ledger, clients, provider }: AllocatorSnapshot,
  now: number,
): First | undefined {
  // there is room by another capacity than the definition's
  if (provider?.adaptive !== undefined) return undefined;
  const waiting = clients.flatMap(({ id, units, demand }) =>
    demand.waiting.map((entry) => ({ ...entry, id, units, age: Math.floor(entry.since / GRAIN_MS) })),
  );
  const [first, second] = waiting.sort((a, b) => b.priority - a.priority || a.age - b.age);
  if (first === undefined || (second?.priority === first.priority && second.age === first.age)) return undefined;
  const { id, since, amounts, units } = first;
  const books = new Ledger(limits, now, ledger, revisable);
  // what its client has of a limit may be meant for another
  if (limits.some((_, i) => at(units.granted, i) > at(units.resolved, i))) return undefined;
  const readyAt = limits.map((_, i) => books.readyAtOne(i, at(amounts, i), now));
  return { client: id, since, amounts, seenAt: now, readyAt };
}
