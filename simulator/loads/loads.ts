import type { Fleet } from '../fleet/fleet';
import { calls, defined, permits } from '../scenario/definitions';
import type { Job } from '../scenario/job';
import type { Load } from './load';

const MINUTE_MS = 60_000;

/** Every process does one job after the other, with pauses; they begin one by one. */
function steadily(fleet: Fleet, pauseMs: number, overMs: number): void {
  const { processes, random, world } = fleet;
  for (const process of processes) {
    const job = (): Job => ({ requested: {}, holdMs: 100, pauseMs: pauseMs * (0.5 + random()) });
    world.after(overMs * random(), () => process.work(1, job));
  }
}

/** So many requests at once, spread over the processes. */
function atOnce(fleet: Fleet, requests: number): void {
  const { processes } = fleet;
  for (let i = 0; i < requests; i += 1) void processes[i % processes.length]!.acquire({ requested: {}, holdMs: 50 });
}

/** What a limiter has to bear: many clients, many who wait, small and large limits, a long life. */
export const LOADS: readonly Load[] = [
  {
    name: '64 clients at the highest pace, 10 min',
    definition: defined([calls(640, 1_000), permits(64)]),
    processes: 64,
    seconds: 600,
    begin: (fleet) => steadily(fleet, 20, 1_000),
  },
  {
    name: '1,000 clients',
    definition: defined([calls(6_000, MINUTE_MS), permits(200)]),
    processes: 1_000,
    seconds: 60,
    begin: (fleet) => steadily(fleet, 10_000, 10_000),
  },
  {
    name: '10,000 clients',
    definition: defined([calls(6_000, MINUTE_MS), permits(200)]),
    processes: 10_000,
    seconds: 60,
    begin: (fleet) => steadily(fleet, 20_000, 20_000),
  },
  {
    name: '100,000 requests wait in one process',
    definition: defined([calls(60_000, MINUTE_MS)]),
    processes: 1,
    seconds: 120,
    begin: (fleet) => atOnce(fleet, 100_000),
  },
  {
    name: '100,000 requests wait in 100 processes',
    definition: defined([calls(60_000, MINUTE_MS)]),
    processes: 100,
    seconds: 120,
    begin: (fleet) => atOnce(fleet, 100_000),
  },
  {
    name: 'one a minute, 8 clients',
    definition: defined([calls(1, MINUTE_MS)]),
    processes: 8,
    seconds: 3_600,
    begin: (fleet) => atOnce(fleet, 50),
  },
  {
    name: '1,000,000 a second, 8 clients that want 20,000',
    definition: defined([calls(1_000_000, 1_000)]),
    processes: 8,
    seconds: 3,
    begin: (fleet) => {
      for (const process of fleet.processes) process.work(250, () => ({ requested: {}, holdMs: 100 }));
    },
  },
  {
    name: '50 times continued as new, 8 clients',
    definition: defined([calls(500, 5_000), permits(20)]),
    processes: 8,
    seconds: 100,
    begin(fleet) {
      steadily(fleet, 50, 1_000);
      for (let i = 1; i <= 50; i += 1) fleet.world.after(i * 2_000 - 1, () => fleet.limiter.continueAsNew());
    },
  },
];
