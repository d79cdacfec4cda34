import type { AllocatorSnapshot } from '../../src/limiter/allocator/allocator';
import type { SetDefinition } from '../../src/limiter/definition/definition';
import type { Feedback, ReportRow, Sync } from '../../src/limiter/protocol/wire';
import { zeros } from '../../src/limiter/vector/vector';
import { pick } from '../../simulator/world/random';
import type { ObservedTraffic } from './observed-traffic';

type Random = () => number;
type ClientBooks = AllocatorSnapshot['clients'][number];

/** No client says so much. */
const FAR = 1e6;
/** Nobody is hurt by what somebody says in a name of their own, but for what it says of others. */
const GOSSIP = 'gossip';

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

/** Somebody who joins as any client may, wants something now and then, and says of the provider whatever comes to mind. */
const gossip: Forgery = ({ books }, random) => {
  if (books === undefined) return undefined;
  const { version, limits } = books.definition;
  const known = books.clients.find(({ id }) => id === GOSSIP);
  const nothing = zeros(limits.length);
  const wanted = [1, 0, moment(random), ...limits.map(({ kind }) => (kind === 'resource' ? 0 : 1))] as const;
  return {
    ...{
      wire: 1,
      client: GOSSIP,
      seq: next(known?.channel.seq ?? 0),
      queue: GOSSIP,
      fence: known?.fence ?? 0,
      version,
    },
    ...{ seen: known?.channel.pushSeq ?? 0, seenGrants: 0, used: [], refunds: [], holdingMs: 0, reply: true },
    ...{ starting: nothing, returned: nothing, refunded: nothing, excess: nothing, inUse: nothing, keep: nothing },
    ...{ ahead: nothing, demand: random() < 0.2 ? [wanted] : [], feedback: hearsay(random, limits.length) },
  };
};

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
      { feedback: 'all is well' },
      ...NO_FEEDBACK.map((fields) => ({ feedback: { ok: 1, throttled: 1, failed: 1, ...fields } })),
    ]),
  }));

/** What no client has observed. */
const NO_FEEDBACK: readonly object[] = [
  ...[{ ok: -1 }, { throttled: 0.5 }, { failed: NaN }, { ok: 2 ** 53 }, { throttled: '1' }, { failed: null }],
  ...[{ cause: 'gossip' }, { cause: '__proto__' }, { holdMs: -1 }, { holdMs: Infinity }, { holdMs: '1s' }],
  ...[{ at: -1 }, { at: NaN }, { at: Infinity }, { at: '1' }, { at: null }],
  ...[{ probe: 1 }, { probe: [-1, 'ok'] }, { probe: [1, 'unknown'] }, { probe: ['1', 'ok'] }],
  ...[
    { seen: {} },
    { seen: [[0, 0, 1]] },
    { seen: [[-1, 0, 1, 1]] },
    { seen: [[99, 0, 1, 1]] },
    { seen: [[0.5, 0, 1, 1]] },
  ],
  ...[{ seen: [[0, NaN, 1, 1]] }, { seen: [[0, 0, -2, 1]] }, { seen: new Array<number[]>(99).fill([0, 0, 1, 1]) }],
];

/** The ways to speak in another's name, and to say in one's own what is not so. */
export const FORGERIES = { replay, oldNumber, formerTotals, untruth, gossip, nonsense };

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

/** Far away in either direction, or now. */
const moment = (random: Random): number => pick(random, [-1e308, 0, 1.7e12, 1.7e12 + 3_000, 1e308]);

/** Feedback that is well-formed, and of nothing that has happened. */
function hearsay(random: Random, limits: number): Feedback {
  const total = (): number => pick(random, [0, 0, 1, 3, 1_000, Number.MAX_SAFE_INTEGER]);
  const units = (): number => pick(random, [-1, 0, 0.5, 1, 10, FAR, Number.MAX_SAFE_INTEGER]);
  return {
    ...{ ok: total(), throttled: total(), failed: total() },
    cause: pick(random, ['rate_limit', 'overloaded', 'unauthorized', 'insufficient_quota', 'server_error']),
    at: pick(random, [0, 1, 1.7e12, 1.7e12 + 3_000, FAR, Number.MAX_SAFE_INTEGER]),
    holdMs: pick(random, [0, 1, 1_000, FAR, Number.MAX_SAFE_INTEGER]),
    probe: [pick(random, [0, 1, 2, 3, FAR, Number.MAX_SAFE_INTEGER]), pick(random, ['ok', 'throttled', 'failed'])],
    seen: Array.from({ length: limits }, (_, i): ReportRow => [i, moment(random), units(), units()]),
  };
}

/** The fields of a sync that can be a lie. */
function lie(random: Random, limits: number): Partial<Sync> {
  const whole = (): number => pick(random, [0, 0, 1, 2, 5, 1e6]);
  const amounts = (): number[] => Array.from({ length: limits }, whole);
  const rows = (): number[][] => Array.from({ length: Math.floor(3 * random()) }, amounts);
  return {
    seen: pick(random, [0, 1, 1e9]),
    seenGrants: pick(random, [0, 1, 1e9]),
    used: rows().map((row) => [moment(random), ...row] as const),
    refunds: rows().map((row) => [moment(random), moment(random), ...row] as const),
    starting: amounts(),
    returned: amounts(),
    refunded: amounts(),
    excess: amounts(),
    inUse: amounts(),
    keep: amounts(),
    ahead: amounts(),
    holdingMs: pick(random, [0, 1e-300, 100, 1e15]),
    demand: rows().map((row) => [whole(), pick(random, [-1, 0, 1e308]), moment(random), ...row] as const),
    reply: random() < 0.5,
    ...(random() < 0.5 && { feedback: hearsay(random, limits) }),
  };
}
