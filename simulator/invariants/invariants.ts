import { adaptiveRange } from './adaptive-range';
import { boundedState } from './bounded-state';
import { boundedWaiting } from './bounded-waiting';
import { conservation } from './conservation';
import { fencing } from './fencing';
import { firstGrant } from './first-grant';
import { fullRecovery } from './full-recovery';
import { grantedWhileSuspended } from './granted-while-suspended';
import { guards } from './guards';
import { healthySets } from './healthy-sets';
import type { Invariant } from './invariant';
import { notDelayed } from './not-delayed';
import { onlyWhatIsAsked } from './only-what-is-asked';
import { operatorChanges } from './operator-changes';
import { order } from './order';
import { orderBetween } from './order-between';
import { overage } from './overage';
import { pausesEnd } from './pauses-end';
import { permitCapacity } from './permit-capacity';
import { permitCaps } from './permit-caps';
import { progress } from './progress';
import { suspensions } from './suspensions';
import { timeouts } from './timeouts';
import { useByOthers } from './use-by-others';
import { windowCapacity } from './window-capacity';

/** All that holds at every moment. */
export const INVARIANTS: readonly Invariant[] = [
  firstGrant,
  windowCapacity,
  permitCapacity,
  conservation,
  overage,
  permitCaps,
  fencing,
  order,
  orderBetween,
  onlyWhatIsAsked,
  notDelayed,
  suspensions,
  pausesEnd,
  grantedWhileSuspended,
  healthySets,
  useByOthers,
  guards,
  adaptiveRange,
  operatorChanges,
  timeouts,
  progress,
  boundedWaiting,
  boundedState,
  fullRecovery,
];
