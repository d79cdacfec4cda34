import { pick, spread } from '../fleet/random';
import type { Fault } from './fault';

/** A workflow run is terminated: nobody tells the limiter. */
export const closedRuns: Fault = {
  name: 'closed runs',
  means: 'workflow runs are terminated while they wait or hold something',
  strike({ fleets, spells, at, tell }, random) {
    for (const { runs } of fleets) {
      for (const moment of spells.moments(random, 5_000)) {
        at(moment, () => {
          const open = runs.filter((run) => run.isOpen && run.open > 0);
          if (open.length === 0) return;
          const run = pick(random, open);
          tell(`${run.owner} is terminated`);
          run.close();
        });
      }
    }
  },
};

/** No worker runs a workflow for a while: what it is told waits. */
export const absentRuns: Fault = {
  name: 'absent runs',
  means: 'no worker runs a workflow for up to a minute, then all that it was told arrives at once',
  strike({ fleets, spells, at, tell, world }, random) {
    for (const { runs } of fleets) {
      for (const moment of spells.moments(random, 5_000)) {
        at(moment, () => {
          const open = runs.filter((run) => run.isOpen && !run.isAway);
          if (open.length === 0) return;
          const run = pick(random, open);
          tell(`no worker runs ${run.owner} for a while`);
          run.isAway = true;
          world.after(spread(random, 500, 60_000), () => run.comeBack());
        });
      }
    }
  },
};
