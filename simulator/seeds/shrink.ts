import type { Scenario } from '../scenario/scenario';
import type { Outcome, Play } from '../simulation/simulate';

/** Most times that a scenario is played again to make it smaller. */
const MAX_PLAYS = 150;

/** Makes a scenario that fails smaller, as long as the same invariant does not hold. */
export async function shrink(failed: Outcome, play: Play): Promise<Outcome> {
  let smallest = failed;
  let plays = 0;
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false;
    for (const scenario of smaller(smallest)) {
      if (plays >= MAX_PLAYS) return smallest;
      plays += 1;
      const outcome = await play(scenario);
      if (outcome.violation?.invariant !== failed.violation?.invariant) continue;
      smallest = outcome;
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

/** What could be left out next, the most first. */
function* smaller({ scenario, violation }: Outcome): Generator<Scenario> {
  const { ms, sets, faults, processes, workers, runsPerMinute } = scenario;
  if (violation !== undefined && violation.at < ms) yield { ...scenario, ms: Math.ceil(violation.at) };
  if (ms > 500) yield { ...scenario, ms: Math.ceil(ms / 2) };
  for (const fault of faults) yield { ...scenario, faults: faults.filter((other) => other !== fault) };
  if (sets.length > 1) for (const set of sets) yield { ...scenario, sets: sets.filter((other) => other !== set) };
  if (runsPerMinute > 0) yield { ...scenario, runsPerMinute: 0 };
  if (processes > 1) yield { ...scenario, processes: Math.ceil(processes / 2) };
  if (processes > 1) yield { ...scenario, processes: processes - 1 };
  if (workers > 1) yield { ...scenario, workers: Math.ceil(workers / 2) };
  if (workers > 1) yield { ...scenario, workers: workers - 1 };
  const keys = new Set(sets.flatMap(({ limits }) => limits.map(({ key }) => key)));
  for (const key of keys) {
    const left = sets.map((set) => ({ ...set, limits: set.limits.filter((limit) => limit.key !== key) }));
    if (left.every(({ limits }) => limits.length > 0)) yield { ...scenario, sets: left };
  }
  if (scenario.timeoutShare > 0) yield { ...scenario, timeoutShare: 0 };
}
