import { Fleet } from '../../../simulator/fleet/fleet';
import type { Member } from '../../../simulator/fleet/member';
import { calls, defined, permits, tokens } from '../../../simulator/scenario/definitions';
import type { LimitDefinition } from '../../../src/limiter/definition/definition';
import { Desk } from '../../support/desk';
import type { Amounts } from '../../../src/limiter/request/request';

jest.setTimeout(120_000);

/** A message to the limiter, one back, and what the clocks of processes differ by. */
const AT_ONCE_MS = 1_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** What is used up, and what of the same set is not. */
interface Situation {
  readonly limits: readonly LimitDefinition[];
  readonly scarce: Amounts;
  readonly plenty: Amounts;
  /** After how long the scarce is there again. */
  readonly againMs: number;
}

const SITUATIONS: Readonly<Record<string, Situation>> = {
  'one call a minute, and a hundred of another kind': {
    limits: [calls(1, MINUTE_MS, 'a'), calls(100, MINUTE_MS, 'b')],
    scarce: { a: 1, b: 0 },
    plenty: { a: 0, b: 1 },
    againMs: MINUTE_MS,
  },
  'tokens of one model used up, those of another free': {
    limits: [calls(500, MINUTE_MS), tokens(1_000, MINUTE_MS, 'opus'), tokens(100_000, MINUTE_MS, 'haiku')],
    scarce: { calls: 1, opus: 1_000 },
    plenty: { calls: 1, haiku: 100 },
    againMs: MINUTE_MS,
  },
  'a daily limit': {
    limits: [calls(500, MINUTE_MS), { ...tokens(10, DAY_MS, 'images'), algorithm: 'SlidingWindow' }],
    scarce: { calls: 1, images: 10 },
    plenty: { calls: 1 },
    againMs: DAY_MS,
  },
  'connections that both need': {
    limits: [tokens(1_000, MINUTE_MS, 'opus'), tokens(100_000, MINUTE_MS, 'haiku'), permits(4)],
    scarce: { opus: 1_000, connections: 1 },
    plenty: { haiku: 100, connections: 1 },
    againMs: MINUTE_MS,
  },
};

const all = Object.entries(SITUATIONS).map(([what, situation]) => ({ what, ...situation }));

/** How long an acquisition takes from the request on. */
async function timeOf(fleet: Fleet, member: Member, requested: Amounts): Promise<number> {
  const begun = fleet.world.now();
  let took = Infinity;
  void member.acquire({ requested, holdMs: 1 }).then(() => (took = Math.min(took, fleet.world.now() - begun)));
  await fleet.runFor(2 * AT_ONCE_MS);
  return took;
}

describe('a request waits only for what it asks for', () => {
  test.each(all)('among processes: $what', async ({ limits, scarce, plenty }) => {
    const fleet = new Fleet({ seed: 1, clients: 2, definition: defined(limits) });
    const [first, second] = fleet.processes;
    const taken = first!.acquire({ requested: scarce, holdMs: 1 });
    await fleet.runFor(2_000);
    await taken;
    void first!.acquire({ requested: scarce, holdMs: 1 });
    await fleet.runFor(2_000);
    expect(await timeOf(fleet, first!, plenty)).toBeLessThan(AT_ONCE_MS);
    expect(await timeOf(fleet, second!, plenty)).toBeLessThan(AT_ONCE_MS);
    expect(first!.waiting).toBe(1);
  });

  test.each(all)('among workflow runs: $what', async ({ limits, scarce, plenty }) => {
    const fleet = new Fleet({ seed: 2, clients: 1, definition: defined(limits) });
    const [process] = fleet.processes;
    const [one, other] = [fleet.startRun(), fleet.startRun()];
    void process!.acquire({ requested: scarce, holdMs: 1 });
    await fleet.runFor(2_000);
    void one.acquire({ requested: scarce, holdMs: 1 });
    await fleet.runFor(2_000);
    expect(one.waiting).toBe(1);
    expect(await timeOf(fleet, one, plenty)).toBeLessThan(AT_ONCE_MS);
    expect(await timeOf(fleet, other, plenty)).toBeLessThan(AT_ONCE_MS);
    expect(await timeOf(fleet, process!, plenty)).toBeLessThan(AT_ONCE_MS);
    expect(one.waiting).toBe(1);
  });

  test('however long the queue is of those that ask for something else', async () => {
    const { limits, scarce, plenty } = SITUATIONS['tokens of one model used up, those of another free']!;
    const fleet = new Fleet({ seed: 3, clients: 1, definition: defined(limits) });
    const [process] = fleet.processes;
    void process!.acquire({ requested: scarce, holdMs: 1 });
    await fleet.runFor(2_000);
    // more, all different, than a sync can list
    for (let i = 0; i < 400; i += 1) void process!.acquire({ requested: { calls: 1, opus: 500 + i }, holdMs: 1 });
    await fleet.runFor(2_000);
    expect(await timeOf(fleet, process!, plenty)).toBeLessThan(AT_ONCE_MS);
  });
});

describe('a request waits for no permits that it does not ask for', () => {
  const limits = [calls(100, 5_000), permits(1)];
  const withPermit = (amount: number) => ({ calls: amount, connections: 1 });
  const without = { calls: 1, connections: 0 };

  test.each([
    { kind: 'process', amount: 1 },
    { kind: 'process', amount: 3 },
    { kind: 'workflow run', amount: 1 },
    { kind: 'workflow run', amount: 3 },
  ])('though one before it in its $kind waits for $amount of its units and a permit', async ({ kind, amount }) => {
    const fleet = new Fleet({ seed: 1, clients: 2, definition: defined(limits) });
    const [holder, process] = fleet.processes;
    void holder!.acquire({ requested: { calls: 0, connections: 1 }, holdMs: MINUTE_MS });
    await fleet.runFor(2_000);
    const member = kind === 'process' ? process! : fleet.startRun();
    void member.acquire({ requested: withPermit(amount), holdMs: 1 });
    const times = await Promise.all([1, 2, 3].map(() => timeOf(fleet, member, without)));
    expect(Math.max(...times)).toBeLessThan(AT_ONCE_MS);
  });

  test('though its process has a permit, which is in use', async () => {
    const fleet = new Fleet({ seed: 1, clients: 1, definition: defined(limits) });
    const [process] = fleet.processes;
    // how long permits are held is known then
    void process!.acquire({ requested: withPermit(1), holdMs: 30_000 });
    await fleet.runFor(40_000);
    for (const amount of [1, 3]) void process!.acquire({ requested: withPermit(amount), holdMs: 30_000 });
    expect(await timeOf(fleet, process!, without)).toBeLessThan(AT_ONCE_MS);
    expect(process!.waiting).toBe(1);
  });

  test('and one that needs more permits than its client may have gets no units meanwhile', () => {
    const desk = new Desk([calls(100, 5_000), permits(2)]);
    desk.says('holder', { inUse: [0, 1], keep: [0, 1] });
    desk.turn();
    desk.says('client', { demand: [[1, 2]] });
    desk.turn();
    expect(desk.heard.get('client')).toMatchObject({ grants: [], levels: [0, 1], more: true });
  });
});

describe('who passes delays nobody', () => {
  /** When the one that waits for the scarce is served, while others do as much as they can of the rest. */
  async function servedAt({ limits, scarce, plenty, againMs }: Situation, busy: number): Promise<number> {
    const fleet = new Fleet({ seed: 4, clients: 3, definition: defined(limits) });
    const [first, ...others] = fleet.processes;
    void first!.acquire({ requested: scarce, holdMs: 1 });
    await fleet.runFor(2_000);
    let servedAfter = Infinity;
    const begun = fleet.world.now();
    void first!.acquire({ requested: scarce, holdMs: 1 }).then(() => (servedAfter = fleet.world.now() - begun));
    for (const process of [...others, first!]) process.work(busy, () => ({ requested: plenty, holdMs: 200 }));
    await fleet.runFor(againMs + 10_000);
    for (const process of fleet.processes) process.stop();
    await fleet.runFor(MINUTE_MS);
    return servedAfter;
  }

  test.each(all.filter(({ againMs }) => againMs < DAY_MS))('who waits is served as soon: $what', async (situation) => {
    const alone = await servedAt(situation, 0);
    expect(alone).toBeLessThan(situation.againMs + AT_ONCE_MS);
    // the permits that it needs may be held by others when its units come: for as long as they hold them
    expect(await servedAt(situation, 4)).toBeLessThan(alone + AT_ONCE_MS);
  });

  test('those that wait for units keep no permits from others, however many they are', async () => {
    const { limits, scarce, plenty } = SITUATIONS['connections that both need']!;
    const fleet = new Fleet({ seed: 5, clients: 12, definition: defined(limits) });
    const [first, ...others] = fleet.processes;
    void first!.acquire({ requested: scarce, holdMs: 1 });
    await fleet.runFor(2_000);
    for (const process of fleet.processes) void process.acquire({ requested: scarce, holdMs: 1 });
    await fleet.runFor(5_000);
    expect(await timeOf(fleet, first!, plenty)).toBeLessThan(2 * AT_ONCE_MS);
    expect(await timeOf(fleet, others.at(-1)!, plenty)).toBeLessThan(2 * AT_ONCE_MS);
    // one of them a minute
    await fleet.runFor(13 * MINUTE_MS);
    expect(fleet.processes.reduce((sum, { waiting }) => sum + waiting, 0)).toBe(0);
  });
});
