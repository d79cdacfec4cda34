import { type Amounts } from '../../limiter/request/request';

/** What one worker process has done at one set; totals but for `waiting` and `active`. */
export interface SetWork {
  /** Items that wait for the set's limits now. */
  waiting: number;
  /** Items that are at the provider now. */
  active: number;
  acquisitions: number;
  /** Answers of 429. */
  refusals: number;
  /** What the provider answered instead of serving, by its cause. */
  faults: Record<string, number>;
  /** Attempts beyond the first of each item. */
  retries: number;
  /** The kind of the last error of an attempt, and when it was. Unit: milliseconds since the epoch. */
  lastError?: { readonly type: string; readonly at: number };
  /** How long the acquisitions were held, all together. Unit: milliseconds. */
  heldMs: number;
  /** Units acquired, by their name. */
  units: Record<string, number>;
  /** Units used, by their name; of a call that failed, all that it had acquired. */
  used: Record<string, number>;
  /** When the first was acquired. Unit: milliseconds since the epoch. */
  firstAt?: number;
}

/** The work of a process by set. */
export type Work = Record<string, SetWork>;

/** Counts what the activities of this process do, and reports every change. */
export class WorkCounter {
  constructor(
    private readonly changed: () => void,
    readonly work: SetWork = newSetWork(),
  ) {}

  /** An item waits for its limits until `acquired` or `gaveUp`. */
  waits(): void {
    this.work.waiting += 1;
    this.changed();
  }

  /** The provider answered instead of serving. */
  met(cause: string): void {
    addUnits(this.work.faults, { [cause]: 1 });
    this.changed();
  }

  retried(): void {
    this.work.retries += 1;
    this.changed();
  }

  failed(type: string): void {
    this.work.lastError = { type, at: Date.now() };
    this.changed();
  }

  gaveUp(): void {
    this.work.waiting -= 1;
    this.changed();
  }

  acquired(amounts: Amounts): void {
    const { work } = this;
    work.waiting -= 1;
    work.active += 1;
    work.acquisitions += 1;
    work.firstAt ??= Date.now();
    addUnits(work.units, amounts);
    this.changed();
  }

  ended(heldMs: number, wasRefused: boolean, used: Amounts): void {
    addUnits(this.work.used, used);
    this.work.active -= 1;
    this.work.heldMs += heldMs;
    if (wasRefused) this.work.refusals += 1;
    this.changed();
  }
}

/** Nothing of any set. A set may be called `constructor`, which every other object has. */
export function newWork(): Work {
  return Object.create(null) as Work;
}

export function newSetWork(): SetWork {
  return {
    waiting: 0,
    active: 0,
    acquisitions: 0,
    refusals: 0,
    retries: 0,
    heldMs: 0,
    faults: {},
    units: {},
    used: {},
  };
}

function addUnits(total: Record<string, number>, amounts: Amounts): void {
  for (const [unit, amount] of Object.entries(amounts)) total[unit] = (total[unit] ?? 0) + (amount ?? 0);
}

/** The work of several processes together. */
export function addWork(all: readonly Work[]): Work {
  const total = newWork();
  for (const [name, work] of all.flatMap((each) => Object.entries(each))) {
    const sum = (total[name] ??= newSetWork());
    sum.waiting += work.waiting;
    sum.active += work.active;
    sum.acquisitions += work.acquisitions;
    sum.refusals += work.refusals;
    sum.retries += work.retries;
    sum.heldMs += work.heldMs;
    addUnits(sum.faults, work.faults);
    addUnits(sum.units, work.units);
    addUnits(sum.used, work.used);
    if (work.lastError !== undefined && work.lastError.at >= (sum.lastError?.at ?? 0)) sum.lastError = work.lastError;
    if (work.firstAt !== undefined) sum.firstAt = Math.min(sum.firstAt ?? Infinity, work.firstAt);
  }
  return total;
}
