import type { LimitDefinition } from '../definition/definition';
import type { AdaptiveLimits } from '../feedback/adaptive-limits';
import type { LoweringStep } from '../feedback/lowered-limits';
import type { UseByOthers } from '../feedback/use-by-others';
import type { OperatorControl } from './operator-control';

/** What may change the capacities of a set, from the first to the last word. */
interface CapacityChangers {
  readonly control: OperatorControl;
  readonly adaptive: AdaptiveLimits;
  readonly others: UseByOthers;
}

/** The limits with the capacities that each of what may change them leaves, one after the other. */
export function capacitySteps(
  defined: readonly LimitDefinition[],
  { control, adaptive, others }: CapacityChangers,
  now: number,
): readonly LoweringStep[] {
  const controlled = control.limits(defined, now);
  const found = adaptive.inForce(controlled);
  const named = others.inForce(found);
  return [
    ['operator', controlled],
    ['adaptive', found],
    ['provider', named],
    ['operator', control.capped(named, now)],
  ];
}
