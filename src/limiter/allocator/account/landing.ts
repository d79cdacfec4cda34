import type { SetDefinition } from '../../definition/definition';
import type { Ledger } from '../../ledger/ledger';
import { afterAnswerMs } from '../../protocol/arrival';
import type { UsageTotals } from '../../protocol/codec';

/** A ledger at a moment. */
export interface Standing {
  readonly ledger: Ledger;
  readonly definition: SetDefinition;
  readonly now: number;
}

/** What the units of an account are counted in, with the guard that is in force. */
export interface Books extends Standing {
  /** The narrowest and the widest guard that may have been in force when something started that still counts. */
  readonly guards: readonly [least: number, most: number];
  /** Whether an answer shows that its call counts with the provider. */
  readonly trustsAnswers: boolean;
}

/**
 * When units of one limit count that have been used, as is told: at the latest moment at which they may have reached their
 * provider. That is a guard after their start, or when they had been answered, if that was before.
 *
 * @param earliest from when on they could be used
 */
export function landsAt(usage: UsageTotals, index: number, earliest: number, books: Books): number {
  const { definition, trustsAnswers, now } = books;
  const possible = (moment: number): number => Math.max(earliest, Math.min(moment, now));
  const startedAt = possible(usage.at) + definition.timing.guardMs;
  const limit = definition.limits[index];
  if (limit === undefined || !trustsAnswers || usage.answeredAt === Infinity) return startedAt;
  return Math.min(startedAt, possible(usage.answeredAt) + afterAnswerMs(limit));
}
