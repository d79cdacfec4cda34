import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo } from '@temporalio/activity';

export interface PlaceActivities {
  /** The task queue on which it runs. */
  place(): Promise<string>;
}

export interface HeldActivities {
  /** Spends half of what it may, after so many failures of the call of that name. */
  spend(tokens: number, call: string, failures: number): Promise<{ readonly spent: number; readonly place: string }>;
}

/** How many calls were under way at once at each task queue, at most. */
export const mostAtOnce = new Map<string, number>();
const underWay = new Map<string, number>();
const failed = new Map<string, number>();

export const placeActivities: PlaceActivities & HeldActivities = {
  place: async () => activityInfo().taskQueue,
  async spend(tokens, call, failures) {
    const { taskQueue: place, attempt } = activityInfo();
    const count = (underWay.get(place) ?? 0) + 1;
    underWay.set(place, count);
    mostAtOnce.set(place, Math.max(count, mostAtOnce.get(place) ?? 0));
    await sleep(5);
    underWay.set(place, (underWay.get(place) ?? 0) - 1);
    const before = failed.get(call) ?? 0;
    if (attempt > 1) throw new Error('the server tries nothing again that was acquired for once');
    if (before < failures) {
      failed.set(call, before + 1);
      throw new Error(`failure ${before + 1} of ${failures}`);
    }
    return { spent: tokens / 2, place };
  },
};
