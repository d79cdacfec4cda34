import type { AllocatorSnapshot } from '../../src/limiter/allocator/allocator';
import type { SetDefinition } from '../../src/limiter/definition/definition';
import type { Sync } from '../../src/limiter/protocol/wire';
import { pick } from '../../simulator/world/random';
import type { ObservedTraffic } from './observed-traffic';

type Random = () => number;
type ClientBooks = AllocatorSnapshot['clients'][number];

/** No client says so much. */
const FAR = 1e6;

/** Makes a forged message. Says nothing as long as there is nobody to speak for. */
type Forgery = (traffic: ObservedTraffic, random: Random) => Sync | undefined;

/** Something that was said, word for word, however long ago. */
const replay: Forgery = ({ syncs }, random) => (syncs.length === 0 ? undefined : pick(random, syncs));

/** Anything at all, under a number that the limiter has seen. */
const oldNumber: Forgery = (traffic, random) =>
  inAName(traffic, random, ({ channel: { seq }, fence }, said) => ({
    ...said,
    ...lie(random, said.returned.length),
    seq: 1 + Math.floor(random() * seq),
    fence,
    ends: random() < 0.2,
  }));

/** Something that its victim has said, as if it were news: totals of before come after those of now. */
const formerTotals: Forgery = (traffic, random) =>
  inAName(traffic, random, ({ channel: { seq }, fence }, _, all) => ({
    ...pick(random, all),
    // beyond the numbers that the victim will use: it must not take its own message for the one that is confirmed
    ...{ seq: next(Math.max(seq, FAR)), fence, ends: false },
  }));

/** Well-formed, and untrue in whatever way. */
const untruth: Forgery = (traffic, random) =>
  inAName(traffic, random, ({ channel: { seq }, fence }, said) => ({
    ...said,
    ...lie(random, said.returned.length),
    client: pick(random, [said.client, said.client, 'stranger', '__proto__']),
    replaces: pick(random, ['nobody', said.client, '__proto__']),
    seq: pick(random, [1, seq, next(seq), next(seq), seq, Number.MAX_SAFE_INTEGER]),
    fence: pick(random, [0, 0, fence, 1, next(fence), Number.MAX_SAFE_INTEGER]),
    ends: random() < 0.1,
  }));

/** Not understood, and signed with another's name. */
const nonsense: Forgery = (traffic, random) =>
  inAName(traffic, random, (_, said, __, definition) => ({
    ...said,
    ...pick<object>(random, [
      { wire: 2 },
      { version: -1 },
      { fence: null },
      { ends: 'yes' },
      { definition: { version: 1 } },
      { definition: { ...definition, timing: { ...definition.timing, leaseMs: 60_000 } } },
      { used: 'all' },
      { refunds: [[0, 1]] },
      { returned: said.returned.map(() => -1) },
      { demand: [[1]] },
      { keep: {} },
    ]),
  }));

/** The ways to speak in another's name. */
export const FORGERIES = { replay, oldNumber, formerTotals, untruth, nonsense };

/** What is made of the books on somebody, of the newest that was said there, and of all of it. */
function inAName(
  traffic: ObservedTraffic,
  random: Random,
  make: (books: ClientBooks, said: Sync, all: readonly Sync[], definition: SetDefinition) => Sync,
): Sync | undefined {
  const { books } = traffic;
  if (books === undefined || books.clients.length === 0) return undefined;
  const victim = pick(random, books.clients);
  const all = traffic.of(victim.id, books.definition.version);
  const said = all.at(-1);
  if (said === undefined) return undefined;
  // the definition goes along only as long as there was no answer
  const { definition: _, ...rest } = said;
  return make(victim, rest, all, books.definition);
}

const next = (number: number): number => Math.min(number + 1, Number.MAX_SAFE_INTEGER);

/** The fields of a sync that can be a lie. */
function lie(random: Random, limits: number): Partial<Sync> {
  const whole = (): number => pick(random, [0, 0, 1, 2, 5, 1e6]);
  const amounts = (): number[] => Array.from({ length: limits }, whole);
  const rows = (): number[][] => Array.from({ length: Math.floor(3 * random()) }, amounts);
  const moment = (): number => pick(random, [-1e308, 0, 1.7e12, 1.7e12 + 3_000, 1e308]);
  return {
    seen: pick(random, [0, 1, 1e9]),
    seenGrants: pick(random, [0, 1, 1e9]),
    used: rows().map((row) => [moment(), ...row] as const),
    refunds: rows().map((row) => [moment(), moment(), ...row] as const),
    starting: amounts(),
    returned: amounts(),
    refunded: amounts(),
    excess: amounts(),
    inUse: amounts(),
    keep: amounts(),
    ahead: amounts(),
    holdingMs: pick(random, [0, 1e-300, 100, 1e15]),
    demand: rows().map((row) => [whole(), pick(random, [-1, 0, 1e308]), moment(), ...row] as const),
    reply: random() < 0.5,
  };
}
