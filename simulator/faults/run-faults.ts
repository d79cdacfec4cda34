import { pick, spread } from '../world/random';
import type { Fault } from './fault';

/** A workflow run is terminated: the limiter does not hear of it. */
export const closedRuns: Fault = {
  name: 'closed runs',
  means: 'workflow runs are terminated while they wait or hold something',
  schedule(world, random) {
    for (const { runs } of world.fleets) {
      for (const moment of world.moments(random, 5_000)) {
        world.at(moment, () => {
          const open = runs.filter((run) => run.isOpen && run.open > 0);
          if (open.length === 0) return;
          const run = pick(random, open);
          world.report(`${run.owner} is terminated`);
          run.close();
        });
      }
    }
  },
};

/** No worker runs a workflow for a while: its signals wait. */
export const absentRuns: Fault = {
  name: 'absent runs',
  means: 'no worker runs a workflow for up to a minute, then all its signals arrive at once',
  schedule(world, random) {
    for (const { runs } of world.fleets) {
      for (const moment of world.moments(random, 5_000)) {
        world.at(moment, () => {
          const open = runs.filter((run) => run.isOpen && !run.isAway);
          if (open.length === 0) return;
          const run = pick(random, open);
          world.report(`no worker runs ${run.owner} for a while`);
          run.isAway = true;
          world.clock.after(spread(random, 500, 60_000), () => run.comeBack());
        });
      }
    }
  },
};
