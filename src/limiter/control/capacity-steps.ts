import type { LimitDefinition } from '../definition/definition';
import type { FoundLimits } from '../feedback/found-limits';
import type { LoweringStep } from '../feedback/lowered-limits';
import type { OperatorControl } from './operator-control';

/** What may change the capacities of a set, from the first to the last word. */
interface CapacityChangers {
  readonly control: OperatorControl;
  readonly found: FoundLimits;
}

/** The limits with the capacities that each of what may change them leaves, one after the other. */
export function capacitySteps(
  defined: readonly LimitDefinition[],
  { control, found }: CapacityChangers,
  now: number,
): readonly LoweringStep[] {
  const controlled = control.limits(defined, now);
  const adapted = found.adaptive.inForce(controlled);
  const named = found.others.inForce(adapted);
  return [
    ['operator', controlled],
    ['adaptive', adapted],
    ['provider', named],
    ['operator', control.capped(named, now)],
  ];
}
