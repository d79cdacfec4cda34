import type { InspectedLimit, Inspection, MinuteRecord } from '../../limiter/control/inspection';
import type { LastHour } from './views';

const MINUTE_MS = 60_000;
const MINUTES = 60;

/** The last 60 whole minutes. The current one is left out: half a minute would look like half the use. */
export function lastHourOf({ at, history, limits }: Pick<Inspection, 'at' | 'history' | 'limits'>): LastHour {
  const end = Math.floor(at / MINUTE_MS);
  const records = new Map(history.map((record) => [Math.floor(record.at / MINUTE_MS), record]));
  const minutes = Array.from({ length: MINUTES }, (_, index) => end - MINUTES + index);
  const ofEach = (read: (record: MinuteRecord) => number): number[] =>
    minutes.map((minute) => read(records.get(minute) ?? NOTHING));
  return {
    at: minutes.map((minute) => minute * MINUTE_MS),
    shares: limits
      .filter(({ windowMs = 0 }) => windowMs <= MINUTES * MINUTE_MS)
      .map((limit) => ({
        key: limit.key,
        values: sharesOf(
          limit,
          ofEach(({ used }) => used[limit.key] ?? 0),
        ),
      })),
    waiting: ofEach(({ waiting }) => waiting),
    longestWaitMs: ofEach(({ longestWaitMs }) => longestWaitMs),
    throttled: ofEach(({ throttled }) => throttled),
  };
}

const NOTHING: MinuteRecord = { at: 0, used: {}, waiting: 0, longestWaitMs: 0, throttled: 0 };

/**
 * Which share of the capacity was used in each minute. Of a window longer than a minute: of all minutes that the window
 * reaches back.
 */
function sharesOf({ capacity, windowMs = MINUTE_MS }: InspectedLimit, used: readonly number[]): number[] {
  if (capacity <= 0) return used.map((amount) => (amount > 0 ? 1 : 0));
  const reach = Math.max(1, Math.round(windowMs / MINUTE_MS));
  const allowed = capacity * Math.max(1, MINUTE_MS / windowMs);
  return used.map((_, index) => {
    const within = used.slice(Math.max(0, index + 1 - reach), index + 1);
    return within.reduce((sum, amount) => sum + amount, 0) / allowed;
  });
}

/** The largest share of each minute. */
export function busiestByMinute({ at, shares }: LastHour): number[] {
  return at.map((_, index) => Math.max(0, ...shares.map(({ values }) => values[index] ?? 0)));
}
