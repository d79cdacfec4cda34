import { drawScenario } from './draw-scenario';
import { describeAll, describeFailure, type Totals } from './report';
import type { Scenario } from './scenario';
import { shrink } from './shrink';
import { simulate } from './simulate';
import { Trace } from './trace';

/** Which scenarios to play. */
export interface SeedsOptions {
  readonly seed: number;
  readonly seeds: number;
  readonly hours: number;
  /** Whether to print all that happens. */
  readonly trace: boolean;
  readonly adapt: (scenario: Scenario) => Scenario;
  readonly print: (line: string) => void;
}

/** Plays seed after seed, and prints what fails, and the figures at the end. */
export async function runSeeds({ seed, seeds, hours, trace, adapt, print }: SeedsOptions): Promise<Totals> {
  const totals: Totals = { seeds: 0, ms: 0, events: 0, acquisitions: 0, violations: 0 };
  const begun = performance.now();
  for (let next = seed; next < seed + seeds; next += 1) {
    const outcome = await simulate(adapt(drawScenario(next, hours)), trace ? new Trace(print) : undefined);
    totals.seeds += 1;
    totals.ms += outcome.ms;
    totals.events += outcome.events;
    totals.acquisitions += outcome.acquisitions;
    if (outcome.violation === undefined) continue;
    totals.violations += 1;
    const smallest = trace ? outcome : await shrink(outcome);
    const last = new Trace();
    await simulate(smallest.scenario, last);
    print(describeFailure(outcome, smallest, last.lines, hours));
  }
  print(describeAll(totals, performance.now() - begun));
  return totals;
}
