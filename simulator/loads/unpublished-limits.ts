import { calls, permits } from '../scenario/definitions';
import { atLeast, atMost, type Figure } from './figure';
import { lognormal, StrictLoad, type StrictAccount } from './strict-account';

type Mode = StrictAccount['mode'];

/** The ways to keep limits, in each of which all of it has to hold. */
export const MODES: readonly Mode[] = ['memory', 'fleet', 'fleet that continues as new at each wake'];

const WINDOW_MS = 60_000;
const CALLS = 600;
const WINDOW = { windowMs: WINDOW_MS, callMs: 500, workersEach: 8 };
/** By which permits are judged where there is no window. */
const PERMITS_WINDOW_MS = 10_000;

const percent = (part: number, whole: number): number => (100 * part) / whole;

/** The way to the provider varies by some 300 ms: it refuses less and less until it refuses next to nothing, and is used whole. */
async function jitter(mode: Mode): Promise<readonly Figure[]> {
  const load = new StrictLoad({
    ...{ ...WINDOW, mode, limits: [calls(CALLS, WINDOW_MS)], allowed: CALLS },
    ...{ wayMs: lognormal(300, 0.6), processes: 4 },
  });
  const first = await load.play(8 * WINDOW_MS);
  const later = await load.play(25 * WINDOW_MS);
  return [
    atLeast('refused in the first 8 windows', first.refused, 5),
    atMost('% refused in the 25 that follow', percent(later.refused, later.calls), 0.1),
    atLeast('% of the limit used', percent(later.calls, 25 * CALLS), 97),
  ];
}

/** Refusals end: the guard of the definition is back, and nothing is refused by it. */
async function narrowing(mode: Mode): Promise<readonly Figure[]> {
  const load = new StrictLoad({
    ...{ ...WINDOW, mode, limits: [calls(CALLS, WINDOW_MS)], allowed: CALLS - 100 },
    ...{ wayMs: () => 10, processes: 2 },
  });
  await load.play(6 * WINDOW_MS);
  const wideMs = (await load.stats()).provider?.guardMs ?? 0;
  load.allowed = CALLS;
  await load.play(20 * WINDOW_MS);
  const stillMs = (await load.stats()).provider?.guardMs ?? 0;
  return [
    atLeast('ms of guard after 6 windows of refusals', wideMs, 500),
    atMost('ms of guard beyond the definition, 20 windows later', stillMs, 0),
    atMost('refused in the next 5', (await load.play(5 * WINDOW_MS)).refused, 0),
  ];
}

/** The provider halves its quota without a word, and doubles it back. */
async function halvedQuota(mode: Mode): Promise<readonly Figure[]> {
  const load = new StrictLoad({
    ...{ ...WINDOW, mode, limits: [{ ...calls(CALLS, WINDOW_MS), adaptive: { min: 60, max: CALLS } }] },
    ...{ allowed: CALLS, wayMs: () => 20, processes: 4 },
  });
  await load.play(5 * WINDOW_MS);
  load.allowed = CALLS / 2;
  await load.play(3 * WINDOW_MS);
  const halved = await load.play(20 * WINDOW_MS);
  load.allowed = CALLS;
  await load.play(9 * WINDOW_MS);
  const doubled = await load.play(WINDOW_MS);
  return [
    atMost('% refused after 3 windows', percent(halved.refused, halved.calls), 2),
    atLeast('% used of the half', percent(halved.calls - halved.refused, (20 * CALLS) / 2), 85),
    atLeast('% used 10 windows after it was doubled back', percent(doubled.calls - doubled.refused, CALLS), 90),
    atMost('capacity', (await load.stats()).limits['calls']?.capacity ?? NaN, CALLS),
  ];
}

/** A limit of 37 connections that the provider does not publish. */
async function hiddenLimit(mode: Mode): Promise<readonly Figure[]> {
  const load = new StrictLoad({
    ...{ mode, limits: [{ ...permits(10), adaptive: { min: 4, max: 200 } }], allowed: 37, windowMs: undefined },
    ...{ wayMs: () => 20, callMs: 1_000, processes: 4, workersEach: 60 },
  });
  const first = await load.play(10 * PERMITS_WINDOW_MS);
  const later = await load.play(20 * PERMITS_WINDOW_MS);
  return [
    atLeast('connections used after 10 windows', later.atOnce, 30),
    atMost('the same', later.atOnce, 37),
    atMost('% refused', percent(first.refused + later.refused, first.calls + later.calls), 1),
  ];
}

/** What a set finds out about an account that says nothing of itself, in virtual time. */
export const UNPUBLISHED: Readonly<Record<string, (mode: Mode) => Promise<readonly Figure[]>>> = {
  'the way varies by 300 ms (lognormal), the guard is the default': jitter,
  'refusals end, and with them the wider guard': narrowing,
  'the quota is halved without a word, and doubled back': halvedQuota,
  'a hidden limit of 37 connections, adaptive from 4 to 200': hiddenLimit,
};
