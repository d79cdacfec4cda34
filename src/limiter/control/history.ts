import { cloneJSON } from '../checks/clone-json';
import { MOST_AMOUNT } from '../checks/numbers-check';
import { at, type Vector } from '../vector/vector';
import type { LimitDefinition } from '../definition/definition';
import type { MinuteRecord } from './inspection';

/** What a set did in one minute, as a snapshot keeps it: amounts by the key of the limit. */
interface Minute {
  readonly at: number;
  used: Record<string, number>;
  waiting: number;
  longestWaitMs: number;
  throttled: number;
}

/** What is to be seen at one moment. */
export interface Sight {
  /** Units used in all, by limit; of a resource limit, the permits in use. */
  readonly used: Vector;
  readonly waiting: number;
  /** How long the longest of those that wait has waited. Unit: milliseconds. */
  readonly longestWaitMs: number;
  /** Refusals by the provider, in all. */
  readonly throttled: number;
}

const MINUTE_MS = 60_000;
const MOST_MINUTES = 60;

/** The last hour of a set, a record for each minute in which something was to be seen. */
export class MinuteHistory {
  readonly #minutes: Minute[];
  #before: Pick<Sight, 'used' | 'throttled'> | undefined;

  constructor(minutes: readonly MinuteRecord[] = []) {
    this.#minutes = cloneJSON([...minutes]);
  }

  /** All that is kept, for a snapshot. */
  get minutes(): MinuteRecord[] {
    return cloneJSON(this.#minutes);
  }

  /** Those that are not older than an hour. */
  recent(now: number): MinuteRecord[] {
    const first = now - MOST_MINUTES * MINUTE_MS;
    return this.minutes.filter((minute) => minute.at > first);
  }

  /** Counts from these totals on: what was used before is no news. */
  begin({ used, throttled }: Pick<Sight, 'used' | 'throttled'>): void {
    this.#before = { used: [...used], throttled };
  }

  /** Adds what has happened since it was called last. */
  note(limits: readonly LimitDefinition[], sight: Sight, now: number): void {
    const before = this.#before ?? sight;
    this.begin(sight);
    const started = Math.floor(now / MINUTE_MS) * MINUTE_MS;
    let minute = this.#minutes.at(-1);
    if (minute === undefined || minute.at < started) {
      const isUsed = sight.used.some((total, i) => total !== at(before.used, i));
      if (sight.waiting === 0 && sight.throttled === before.throttled && !isUsed) return;
      minute = { at: started, used: {}, waiting: 0, longestWaitMs: 0, throttled: 0 };
      this.#minutes.push(minute);
      if (this.#minutes.length > MOST_MINUTES) this.#minutes.shift();
    }
    for (const [i, { key, kind }] of limits.entries()) {
      const seen = Object.hasOwn(minute.used, key) ? (minute.used[key] ?? 0) : 0;
      const total = at(sight.used, i);
      const now = kind === 'resource' ? Math.max(seen, total) : seen + Math.max(0, total - at(before.used, i));
      minute.used[key] = Math.min(now, MOST_AMOUNT);
    }
    minute.waiting = Math.min(Math.max(minute.waiting, sight.waiting), MOST_AMOUNT);
    minute.longestWaitMs = Math.max(minute.longestWaitMs, sight.longestWaitMs);
    minute.throttled = Math.min(minute.throttled + Math.max(0, sight.throttled - before.throttled), MOST_AMOUNT);
  }
}
