import { setTimeout as sleep } from 'node:timers/promises';

/** A place with counters at its door: how many units are inside, and how many were at most. */
export class Occupancy {
  inside = 0;
  most = 0;
  visits = 0;

  async visit(forMs: number, units = 1): Promise<void> {
    this.inside += units;
    this.most = Math.max(this.most, this.inside);
    this.visits += 1;
    await sleep(forMs);
    this.inside -= units;
  }
}

/** Most intervals that overlap in one moment. */
export function mostAtOnce(intervals: readonly (readonly [from: number, to: number])[]): number {
  const steps = intervals.flatMap(([from, to]) => [[from, 1] as const, [to, -1] as const]);
  // who leaves in the moment in which another enters is gone
  steps.sort(([a, up], [b, down]) => a - b || up - down);
  let [inside, most] = [0, 0];
  for (const [, step] of steps) most = Math.max(most, (inside += step));
  return most;
}
