/**
 * How much of its limits a saturated fleet uses in simulation, how evenly, and what that costs per 1,000 acquisitions, in
 * the cases by which throughput is judged. The same over loads and fleets of any size: bench/quota.ts, bench/cost.ts.
 *
 *   npx tsx bench/fleet.ts [file for the results]
 */
import { play, scenarios } from '../simulator/fleet/saturated-fleets';
import { report } from './support/report';

async function main(): Promise<void> {
  const outcomes: object[] = [];
  const rows: string[][] = [];
  for (const scenario of Object.values(scenarios)) {
    const outcome = await play(scenario);
    outcomes.push({ name: scenario.name, ...outcome });
    const { share, worstExcess, fairness, acquisitions, signals, pushes, events } = outcome;
    rows.push([
      ...[scenario.name, `${(100 * share).toFixed(1)} %`, String(Math.max(0, worstExcess)), fairness.toFixed(2)],
      ...[acquisitions, signals, pushes, events].map((count) => count.toLocaleString('en')),
    ]);
  }
  const columns = ['', 'share', 'over the limit', 'least / mean', 'acquisitions', 'signals', 'pushes', 'events'];
  report('fleet', [{ title: 'saturated fleets', columns, rows }], outcomes, process.argv[2]);
}

void main();
