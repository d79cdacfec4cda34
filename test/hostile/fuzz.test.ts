import { runTarget } from '../../fuzz/run-target';
import { targets } from '../../fuzz/targets/all';

test.each(targets.map((target) => [target.name, target] as const))(
  '%s: whatever comes is served, or refused clearly',
  (_name, target) => runTarget(target, 5, 150),
  30_000,
);
