/**
 * How much of its limits a saturated fleet uses in simulation, how evenly, and what that costs per 1,000 acquisitions, in
 * the cases by which throughput is judged. The same over loads and fleets of any size: bench/quota.ts, bench/cost.ts.
 *
 * Case g uses less than the others: of its 64 processes, each with two requests at a time, only half could have even one
 * permit, so permits go round. One that does lies idle while its release goes to the limiter and a push to the next, about
 * 130 ms on this network: by the share, that is once in three or four uses of 200 ms. To keep it for longer would use more
 * of it and have the others wait longer for their turn.
 *
 *   npx tsx bench/fleet.ts [file for the results]
 */
import { play, scenarios } from '../simulator/loads/saturated-fleets';
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
