import type { LimitDefinition, SetDefinition } from '../definition/definition';
import type { Ledger } from '../ledger/ledger';
import type { AdaptiveCapacity } from './adaptive-capacity';
import { AdaptiveLimits } from './adaptive-limits';
import type { Observation } from './observation';
import { UseByOthers, type FreeOfLate, type ProviderLimit, type Report } from './use-by-others';
import { guardedWindow, guardOf, isDoubted, widened, widestGuard, type WidenedGuard } from './widened-guard';

/** What answers have told of a set's limits; plain JSON. */
export interface LimitFindings {
  /** What the provider said of the limits, by key, once it did. */
  readonly limits?: Readonly<Record<string, ProviderLimit>>;
  /** How little was free of late, by key, once the provider said what was left. */
  readonly free?: Readonly<Record<string, FreeOfLate>>;
  /** The guard, once it was widened. */
  readonly guard?: WidenedGuard;
  /** The capacities of adaptive limits, by key, once one was observed. */
  readonly adaptive?: Readonly<Record<string, AdaptiveCapacity>>;
}

/** What one or more answers say of the limits. */
interface Evidence {
  readonly reports: readonly Report[];
  readonly isServed: boolean;
  readonly isThrottled: boolean;
  readonly cause: Observation['cause'];
}

type Defined = Pick<SetDefinition, 'limits' | 'timing'>;

/**
 * Finds out from a provider's answers what a set's limits are in truth. A throttle is explained by the first that can: by what
 * others have used, by an adaptive limit that was too high, and last by a guard that was too narrow.
 */
export class FoundLimits {
  readonly others: UseByOthers;
  readonly adaptive: AdaptiveLimits;
  #guard: WidenedGuard | undefined;

  constructor({ limits, free, guard, adaptive }: LimitFindings = {}) {
    this.others = new UseByOthers(limits, free);
    this.adaptive = new AdaptiveLimits(adaptive);
    this.#guard = guard;
  }

  get isEmpty(): boolean {
    return Object.keys(this.findings).length === 0;
  }

  get findings(): LimitFindings {
    const { known: limits, free } = this.others;
    const [guard, adaptive] = [this.#guard, this.adaptive.known];
    return {
      ...(limits !== undefined && { limits }),
      ...(free !== undefined && { free }),
      ...(guard !== undefined && { guard }),
      ...(adaptive !== undefined && { adaptive }),
    };
  }

  /** Takes over what answers say. */
  hear({ reports, isServed, isThrottled, cause }: Evidence, { limits, timing }: Defined, ledger: Ledger, now: number) {
    const isExplained = this.others.hear(reports, ledger, now);
    if (isServed) this.adaptive.answered(limits, now);
    if (!isThrottled || isExplained || this.adaptive.throttled(limits, now)) return;
    if (cause === 'rate_limit') this.#guard = widened(this.#guard, timing.guardMs, guardedWindow(limits), now);
  }

  /** The limits with the capacities that were found; themselves where nothing differs. */
  inForce(limits: readonly LimitDefinition[]): readonly LimitDefinition[] {
    return this.others.inForce(this.adaptive.inForce(limits));
  }

  /** How long after it was sent a call counts as started: as defined, or wider for a while after a throttle that nothing explains. */
  guardMs({ limits, timing: { guardMs } }: Defined, now: number): number {
    return this.#guard === undefined ? guardMs : guardOf(this.#guard, guardMs, guardedWindow(limits), now);
  }

  /** The narrowest and the widest guard that may have been in force while what still counts was started. */
  guards({ limits, timing: { guardMs } }: Defined): readonly [least: number, most: number] {
    return [guardMs, this.#guard === undefined ? guardMs : widestGuard(guardMs, guardedWindow(limits))];
  }

  /** Whether an answer shows that its call counts: a provider that refuses what there is room for may count later. */
  trustsAnswers({ limits }: Defined, now: number): boolean {
    return !isDoubted(this.#guard, guardedWindow(limits), now);
  }
}
