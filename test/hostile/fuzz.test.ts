import { runTarget } from '../../fuzz/run-target';
import { targets } from '../../fuzz/targets/all';

test.each(targets.map((target) => [target.name, target] as const))(
  '%s: whatever comes is served, or refused clearly',
  async (_name, target) => {
    expect(await runTarget(target, 5, 150)).toBeGreaterThan(0);
  },
);
