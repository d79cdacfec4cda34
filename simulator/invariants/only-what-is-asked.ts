import { Ledger } from '../../src/limiter/ledger/ledger';
import { revisable } from '../../src/limiter/algorithms/algorithms';
import type { AllocatorSnapshot } from '../../src/limiter/allocator/allocator';
import { UNCHANGED } from '../../src/limiter/control/control';
import { at, ROUNDING } from '../../src/limiter/vector/vector';
import { EPOCH } from '../world/virtual-clock';
import { EPSILON, type Invariant } from './invariant';

type Client = AllocatorSnapshot['clients'][number];

/** An exhausted limit holds up no request that does not ask for it. */
export const onlyWhatIsAsked: Invariant = {
  name: 'only what is asked for',
  promise:
    'while its provider serves and no operator has paused the set, whoever waits for units has them once the limits that it asks for have room for all who ask for them, and it has the permits',
  watch: ({ fail, world }) => ({
    woke(read) {
      const state = read();
      const now = EPOCH + Math.floor(world.now());
      const { provider, control } = state;
      const isServed = provider?.state.suspension === undefined && control?.pause === undefined;
      const fault = isServed ? heldUpInVain(state, now) : undefined;
      if (fault !== undefined) fail(fault);
    },
  }),
};

function heldUpInVain(
  { definition: { limits }, ledger, clients, provider, control = UNCHANGED }: AllocatorSnapshot,
  now: number,
): string | undefined {
  // there is room by another capacity than the definition's
  if (Object.keys(control.capacity).length > 0) return undefined;
  if (provider?.adaptive !== undefined || limits.some((limit) => 'follow' in limit)) return undefined;
  const books = new Ledger(limits, now, ledger, revisable);
  const spare = limits.map((limit, i) => {
    const wanted = clients.reduce((sum, client) => sum + wantedOf(client, i), 0);
    return limit.kind === 'resource' ? Infinity : books.available(i, now) - wanted - EPSILON * limit.capacity;
  });
  for (const client of clients) {
    if (isDeaf(client, now) || hasMoreToCome(client, now) || client.channel.outdated) continue;
    for (const { amounts, since } of client.demand.waiting) {
      const lacks = limits.filter(
        (limit, i) => limit.kind !== 'resource' && lacking(client, amounts, i) > residueOf(client, i),
      );
      const hasRoom = limits.every(({ kind, capacity }, i) => {
        const amount = at(amounts, i);
        if (amount === 0) return true;
        if (kind !== 'resource') return amount <= capacity && at(spare, i) >= 0;
        return wantedOf(client, i) <= at(client.permits.cap, i) - at(client.permits.inUse, i);
      });
      if (lacks.length > 0 && hasRoom)
        return `${client.id} waits since ${since} for ${String(amounts)}, of which there is enough for all`;
    }
  }
  return undefined;
}

/** All that a client waits for of one limit. */
function wantedOf({ demand }: Client, index: number): number {
  return demand.waiting.reduce((sum, { count, amounts }) => sum + count * at(amounts, index), 0);
}

function lacking({ units }: Client, amounts: readonly number[], index: number): number {
  const gone = at(units.used, index) + at(units.returned, index) + at(units.starting, index);
  const has = at(units.granted, index) - Math.max(at(units.resolved, index), gone);
  return at(amounts, index) - Math.max(0, has);
}

/** What rounding leaves of the difference of two totals. */
function residueOf({ units }: Client, index: number): number {
  return Math.max(EPSILON, at(units.granted, index) * ROUNDING);
}

/** Of the same limits, what is granted later begins later: who has some to come waits for that at most. */
function hasMoreToCome({ units }: Client, now: number): boolean {
  return units.grants.some(({ notBefore }) => notBefore > now);
}

/** One that has not heard of what is over gets nothing until it speaks. */
function isDeaf({ units, run }: Client, now: number): boolean {
  const { firstGrant, seenGrants, grants } = units;
  return run === undefined && grants.some((g, k) => firstGrant + k > seenGrants && g.published && g.notAfter < now);
}
