import { Fleet } from '../../simulator/fleet/fleet';
import type { FleetWatch } from '../../simulator/fleet/fleet-watch';
import { trafficSince, type Traffic } from '../../simulator/fleet/traffic';
import { calls, defined } from '../../simulator/scenario/definitions';
import { ArrivalTimes } from './arrival-times';

/** A limit, and the processes that share it. */
export interface FleetShape {
  /** What the limit lets through, used in full. Unit: calls per second. */
  readonly perSecond: number;
  readonly windowSeconds: number;
  readonly processes: number;
  /** Windows to watch, once it is warm. */
  readonly windows: number;
  /** Unit: milliseconds. @default 50 */
  readonly guardMs?: number;
  /** How many requests there are at a time: as many as the limit lets through in so long. Unit: seconds. @default 2 */
  readonly backlogSeconds?: number;
  /** What is asked for, where that is less than the limit. Unit: calls per second. */
  readonly askedPerSecond?: number;
}

/** What became of it, once it was warm. */
export interface FleetCost {
  /** Of the quota, used. */
  readonly share: number;
  /** By so many calls a window held too many, at worst: a strict provider would have refused them. */
  readonly over: number;
  readonly acquisitions: number;
  /** Of virtual time. */
  readonly seconds: number;
  readonly traffic: Traffic;
  /** The largest snapshot, as it is carried over a continue-as-new. */
  readonly stateBytes: number;
}

/** For so long a call holds what it has. */
const HOLD_MS = 20;
/** Clocks and pace have settled after this. */
const WARM_UP_MS = 3_000;
/** Weighing a snapshot takes longer than what it is a snapshot of. */
const WEIGH_EVERY = 20;

/** Plays a fleet in virtual time, on a network whose messages take 2 to 120 ms. The same shape plays the same. */
export async function playFleet(shape: FleetShape): Promise<FleetCost> {
  const { perSecond, windowSeconds, guardMs = 50, windows } = shape;
  const windowMs = windowSeconds * 1_000;
  const plain = defined([calls(perSecond * windowSeconds, windowMs)]);
  const arrivals = new ArrivalTimes(perSecond * windowSeconds);
  let [wakes, stateBytes] = [0, 0];
  const watch: FleetWatch = {
    arrived: () => arrivals.note(fleet.world.now()),
    woke(state) {
      wakes += 1;
      if (wakes % WEIGH_EVERY === 0) stateBytes = Math.max(stateBytes, JSON.stringify(state()).length);
    },
  };
  const fleet: Fleet = new Fleet({
    ...{ seed: 1, clients: shape.processes, watches: [watch] },
    definition: { ...plain, timing: { ...plain.timing, guardMs } },
  });
  setToWork(fleet, shape);
  const warmUpWindows = Math.ceil(WARM_UP_MS / windowMs);
  await fleet.runFor(warmUpWindows * windowMs);
  const before = { traffic: { ...fleet.limiter.traffic }, started: fleet.started, at: fleet.world.now() };
  const isThrough = (): boolean => shape.askedPerSecond === undefined && arrivals.windows >= warmUpWindows + windows;
  // one that uses less than half of its quota would take for ever
  const end = before.at + 2 * windows * windowMs;
  while (!isThrough() && fleet.world.now() < end) await fleet.runFor(windowMs / 10);
  return {
    share: arrivals.share(windowMs, warmUpWindows),
    over: Math.max(0, fleet.worstExcess()),
    acquisitions: fleet.started - before.started,
    seconds: (fleet.world.now() - before.at) / 1_000,
    traffic: trafficSince(before.traffic, fleet.limiter.traffic),
    stateBytes,
  };
}

/** Gives every process requests one after the other: as many at a time as the backlog says, or a few with pauses. */
function setToWork(fleet: Fleet, { perSecond, processes, backlogSeconds = 2, askedPerSecond }: FleetShape): void {
  const atOnce = askedPerSecond === undefined ? backlogSeconds * perSecond : Math.max(processes, askedPerSecond / 10);
  const pauseMs = askedPerSecond === undefined ? 0 : (1_000 * atOnce) / askedPerSecond - HOLD_MS;
  for (const process of fleet.processes) {
    process.work(Math.ceil(atOnce / processes), () => ({
      ...{ requested: {}, holdMs: HOLD_MS },
      pauseMs: 2 * pauseMs * fleet.random(),
    }));
  }
}
