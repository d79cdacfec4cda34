import { play, scenarios } from '../simulator/fleet/saturated-fleets';

/** Prints how much of its limits a saturated fleet uses in simulation, and what that costs per 1,000 acquisitions. */
async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const rows: Record<string, Record<string, string | number>> = {};
  for (const [id, scenario] of Object.entries(scenarios)) {
    if (wanted.length > 0 && !wanted.includes(id)) continue;
    const outcome = await play(scenario);
    rows[scenario.name] = {
      'share %': (100 * outcome.share).toFixed(1),
      'over limit': Math.max(0, outcome.worstExcess),
      fairness: outcome.fairness.toFixed(2),
      acquisitions: outcome.acquisitions,
      signals: outcome.signals,
      pushes: outcome.pushes,
      wakes: outcome.wakes,
      events: outcome.events,
    };
  }
  console.table(rows);
}

void main();
