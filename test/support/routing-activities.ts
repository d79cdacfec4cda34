import { activityInfo } from '@temporalio/activity';

export interface PlaceActivities {
  /** The task queue on which it runs. */
  place(): Promise<string>;
}

export const placeActivities: PlaceActivities = { place: async () => activityInfo().taskQueue };
