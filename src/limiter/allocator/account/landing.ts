import type { SetDefinition } from '../../definition/definition';
import type { Ledger } from '../../ledger/ledger';
import { afterAnswerMs } from '../../protocol/arrival';
import type { UsageTotals } from '../../protocol/codec';

/** What the units of an account are counted in. */
export interface Books {
  readonly ledger: Ledger;
  /** With the guard that is in force now. */
  readonly definition: SetDefinition;
  /** The narrowest and the widest guard that may have been in force when something started that still counts. */
  readonly guards: readonly [least: number, most: number];
  readonly now: number;
}

/**
 * When units of one limit count that have been used, as is told: at the latest moment at which they may have reached their
 * provider. That is a guard after their start, or when they had been answered, if that was before. Where a guard has widened,
 * it counts in full: a provider that refuses what there is room for may count later than it answers.
 *
 * @param earliest from when on they could be used
 */
export function landsAt(usage: UsageTotals, index: number, earliest: number, books: Books): number {
  const { definition, guards, now } = books;
  const possible = (moment: number): number => Math.max(earliest, Math.min(moment, now));
  const startedAt = possible(usage.at) + definition.timing.guardMs;
  const limit = definition.limits[index];
  const isWidened = guards[1] > guards[0];
  if (limit === undefined || isWidened || usage.answeredAt === Infinity) return startedAt;
  return Math.min(startedAt, possible(usage.answeredAt) + afterAnswerMs(limit));
}
