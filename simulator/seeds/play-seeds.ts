import { drawScenario } from '../scenario/draw-scenario';
import type { Scenario } from '../scenario/scenario';
import { simulate, type Play } from '../simulation/simulate';
import { Trace } from '../simulation/trace';
import { describeAll, describeFailure, type Totals } from './report';
import { shrink } from './shrink';

/** Which scenarios to play. */
export interface SeedsOptions {
  readonly seed: number;
  readonly seeds: number;
  readonly hours: number;
  /** Whether to print all that happens. */
  readonly trace: boolean;
  readonly adapt: (scenario: Scenario) => Scenario;
  readonly print: (line: string) => void;
  /** @default over the code as it is */
  readonly play?: Play;
}

/** Plays seed after seed, and prints what fails, and the figures at the end. */
export async function playSeeds(options: SeedsOptions): Promise<Totals> {
  const { seed, seeds, hours, trace, adapt, print, play = simulate } = options;
  const totals: Totals = { seeds: 0, ms: 0, busyMs: 0, events: 0, acquisitions: 0, violations: 0 };
  const begun = performance.now();
  for (let next = seed; next < seed + seeds; next += 1) {
    const outcome = await play(adapt(drawScenario(next, hours)), trace ? new Trace(print) : undefined);
    totals.seeds += 1;
    totals.ms += outcome.ms;
    totals.busyMs += outcome.busyMs;
    totals.events += outcome.events;
    totals.acquisitions += outcome.acquisitions;
    if (outcome.violation === undefined) continue;
    totals.violations += 1;
    const smallest = trace ? outcome : await shrink(outcome, play);
    const last = new Trace();
    await play(smallest.scenario, last);
    print(describeFailure(outcome, smallest, last.lines, hours));
  }
  print(describeAll(totals, performance.now() - begun));
  return totals;
}
