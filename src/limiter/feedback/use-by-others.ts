import type { LimitDefinition, WindowDefinition } from '../definition/definition';
import type { Ledger } from '../ledger/ledger';
import type { ReportedLimit } from './reported-limits';

/** Providers round what is left, and count the request that they answer sooner or later. Part of the capacity. */
const SLACK = 0.05;
/** The parts into which a window's past is divided. */
const PARTS = 64;

/** What a provider said of a limit in the answer to a call. */
export interface Report extends ReportedLimit {
  /** When the call began. Unit: milliseconds of the ledger's clock. */
  readonly since: number;
}

/** What is known of one limit from a provider's own words; plain JSON. */
export interface ProviderLimit {
  /** Units per window, as the provider said last; 0 if it has not said. */
  readonly reported: number;
  /** Units that others were found to have used, in all. */
  readonly usedByOthers: number;
}

/** How many units others have certainly used, if the provider reports `remaining` and we never had less than `lowest`. */
function usedByOthers({ kind, capacity }: WindowDefinition, remaining: number, lowest: number): number {
  const slack = Math.max(kind === 'call' ? 1 : 0, SLACK * capacity);
  const units = lowest - remaining;
  return units > slack ? units : 0;
}

/**
 * Charges what others use of a provider's limits, as far as its answers prove it.
 *
 * An answer says what was left at some moment between the call and now. What the ledger had free never was less in that
 * time than what is compared with it, so the difference is not ours. It is charged once: whatever is compared later has it
 * charged already. Nothing is ever given back for what an answer says.
 */
export class UseByOthers {
  readonly #known: Map<string, ProviderLimit>;
  readonly #free: Map<string, LowestFree>;

  constructor(known: Readonly<Record<string, ProviderLimit>> = {}, free: Readonly<Record<string, FreeOfLate>> = {}) {
    this.#known = new Map(Object.entries(known));
    this.#free = new Map(Object.entries(free).map(([key, saved]) => [key, new LowestFree(saved)]));
  }

  /** How little was free of late, by the keys of the limits; nothing if no answer said what was left. */
  get free(): Readonly<Record<string, FreeOfLate>> | undefined {
    if (this.#free.size === 0) return undefined;
    return Object.fromEntries([...this.#free].map(([key, free]) => [key, free.saved]));
  }

  /** What is known, by the keys of the limits; nothing if no answer said anything. */
  get known(): Readonly<Record<string, ProviderLimit>> | undefined {
    return this.#known.size === 0 ? undefined : Object.fromEntries(this.#known);
  }

  /** Takes over what answers said of the limits. Says whether others turn out to have used something. */
  hear(reports: readonly Report[], ledger: Ledger, now: number): boolean {
    let isCharged = false;
    for (const { index, limit, remaining, since } of reports) {
      const definition = ledger.definitions[index];
      if (definition === undefined || definition.kind === 'resource') continue;
      const { key } = definition;
      const known = this.#known.get(key) ?? { reported: 0, usedByOthers: 0 };
      const units = remaining === undefined ? 0 : this.#charge(ledger, index, remaining, since, now);
      const total = Math.min(known.usedByOthers + units, Number.MAX_SAFE_INTEGER);
      this.#known.set(key, { reported: limit ?? known.reported, usedByOthers: total });
      isCharged ||= units > 0;
    }
    return isCharged;
  }

  /** The limits with the capacities that the provider names, where they follow it and it names less; themselves if none does. */
  inForce(limits: readonly LimitDefinition[]): readonly LimitDefinition[] {
    const isFollowing = (limit: LimitDefinition): boolean =>
      'follow' in limit && (this.#known.get(limit.key)?.reported ?? 0) > 0;
    if (this.#known.size === 0 || !limits.some(isFollowing)) return limits;
    return limits.map((limit) => {
      const named = this.#known.get(limit.key)?.reported ?? 0;
      return isFollowing(limit) ? { ...limit, capacity: Math.min(limit.capacity, named) } : limit;
    });
  }

  /** To be called after units have been taken, or each time they might have been. */
  note(ledger: Ledger, now: number): void {
    if (this.#free.size === 0) return;
    ledger.definitions.forEach(({ key }, i) => this.#free.get(key)?.note(now, ledger.available(i, now)));
  }

  #charge(ledger: Ledger, index: number, remaining: number, since: number, now: number): number {
    const definition = ledger.definitions[index];
    if (definition === undefined || definition.kind === 'resource') return 0;
    const { key, windowMs } = definition;
    const free = this.#free.get(key) ?? new LowestFree({ partMs: windowMs / PARTS, notes: [] });
    this.#free.set(key, free);
    const lowest = Math.min(free.since(since), ledger.available(index, now));
    const units = usedByOthers(definition, remaining, lowest);
    if (units > 0) {
      ledger.settle(index, 0, units, now);
      free.lower(units);
    }
    free.note(now, ledger.available(index, now));
    return units;
  }
}

/** How little was free of late; plain JSON. */
export interface FreeOfLate {
  /** What is nearer than this counts as one. Unit: milliseconds. */
  readonly partMs: number;
  /** Since when it is known, once it is. */
  readonly notedAt?: number;
  /** Ascending in time and in what was free; each holds until the next one, and the last one, without an end, until now. */
  readonly notes: readonly (readonly [free: number, until?: number])[];
}

/** How little was free since each moment of late. What is free only grows from one note to the next. */
class LowestFree {
  /** Ascending in time and in what was free; each holds until the next note. */
  readonly #notes: { free: number; until: number }[];
  readonly #partMs: number;
  #notedAt: number | undefined;

  constructor({ partMs, notedAt, notes }: FreeOfLate) {
    this.#partMs = partMs;
    this.#notedAt = notedAt;
    this.#notes = notes.map(([free, until = Infinity]) => ({ free, until }));
  }

  get saved(): FreeOfLate {
    const notedAt = this.#notedAt;
    return {
      partMs: this.#partMs,
      ...(notedAt !== undefined && { notedAt }),
      notes: this.#notes.map(({ free, until }) => (until === Infinity ? [free] : [free, until])),
    };
  }

  note(now: number, free: number): void {
    const last = this.#notes.at(-1);
    if (last?.until === Infinity) last.until = now;
    // a query for an earlier moment includes this one
    while ((this.#notes.at(-1)?.free ?? -Infinity) >= free) this.#notes.pop();
    const before = this.#notes.at(-2);
    const newest = this.#notes.at(-1);
    // two that are near count as one, of what was lower
    if (before !== undefined && newest !== undefined && newest.until - before.until < this.#partMs) {
      before.until = newest.until;
      this.#notes.pop();
    }
    this.#notes.push({ free, until: Infinity });
    this.#notedAt ??= now;
    if (this.#notes.length > 2 * PARTS) this.#notedAt = this.#notes.shift()?.until ?? now;
  }

  /** So many units turn out to have been used by then. */
  lower(units: number): void {
    for (const note of this.#notes) note.free -= units;
  }

  /** The least since a moment; nothing at all where nothing was noted then. */
  since(moment: number): number {
    if (this.#notedAt === undefined || moment < this.#notedAt) return -Infinity;
    return this.#notes.find(({ until }) => until >= moment)?.free ?? -Infinity;
  }
}
