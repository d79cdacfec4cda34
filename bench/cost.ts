/**
 * What limits cost on a Temporal server, by the size of the fleet and its load: history events, requests and billable
 * actions for each 1,000 acquisitions; how large the limiter's state gets; how often it continues as new. In virtual time,
 * with a quota of five seconds that is used up, and with one that is ten times what is asked for. A history counts a signal
 * as 1 event, an activity and a workflow task as 3 each, a timer as 2; a server answers 1 request for a signal and 2 for
 * each of the others; hosted, a signal, an activity, a timer and a continue-as-new are an action each.
 *
 *   npx tsx bench/cost.ts [file for the results]
 */
import { existsSync, readFileSync } from 'node:fs';
import { RUN_EVENTS } from '../src/workflows/limiter/protocol';
import type { Measured } from './events';
import { type Curve, plot } from './support/plot';
import { figure, type Finding, report } from './support/report';
import { historyEvents } from '../simulator/fleet/traffic';
import { type FleetCost, type FleetShape, playFleet } from './support/saturated-fleet';

const LOADS = [1, 10, 100, 1_000, 10_000] as const;
const PROCESSES = [1, 8, 32] as const;
const WINDOW_SECONDS = 5;
/** Beyond this many calls a second, as many processes as most have. */
const HEAVY = 1_000;
/** Where bench/events.ts says what the mutex sample's pattern writes: drawn if it has been measured. */
const MUTEX_RESULTS = 'bench/results/events-6.json';

const KINDS = [
  { title: 'a quota that is used up', label: 'used up', shapeOf: (load) => ({ perSecond: load }) },
  {
    title: 'a quota of ten times what is asked for',
    label: 'a tenth used',
    shapeOf: (load) => ({ perSecond: 10 * load, askedPerSecond: load }),
  },
] as const satisfies readonly { title: string; label: string; shapeOf: (load: number) => Partial<FleetShape> }[];

async function main(): Promise<void> {
  const findings: Finding[] = [];
  const numbers: object[] = [];
  const curves: Curve[] = [];
  for (const { title, label, shapeOf } of KINDS) {
    const rows: string[][] = [];
    for (const processes of PROCESSES) {
      const points: [number, number][] = [];
      for (const load of LOADS) {
        if (load > HEAVY && processes !== 8) continue;
        const windows = Math.max(2, Math.min(12, Math.floor(12_000 / (load * WINDOW_SECONDS))));
        const shape = { windowSeconds: WINDOW_SECONDS, processes, windows, ...shapeOf(load) };
        const found = await playFleet(shape);
        const cost = costOf(found);
        numbers.push({ ...shape, ...found, ...cost });
        points.push([load, cost.events]);
        rows.push([
          `${processes}, ${load.toLocaleString('en')}/s`,
          ...[cost.events, cost.requests, cost.actions].map((each) => Math.round(each).toLocaleString('en')),
          figure(found.stateBytes / 1_000),
          figure(cost.runsPerHour),
        ]);
      }
      curves.push({ name: `${processes} of them, ${label}`, points, isDashed: curves.length >= PROCESSES.length });
    }
    const columns = ['processes, load', 'events', 'requests', 'actions', 'state, kB', 'continued as new per hour'];
    findings.push({ title: `${title}: events, requests and actions for each 1,000 acquisitions`, columns, rows });
  }
  const mutex = mutexEvents();
  if (mutex !== undefined) {
    const points = LOADS.map((load): [number, number] => [load, mutex]);
    curves.push({ name: "the mutex sample's pattern, on a server", points, isDashed: true });
  }
  const title = 'History events for each 1,000 acquisitions, by load and processes';
  plot('events', { title, x: 'calls/s', y: 'events', curves });
  report('cost', findings, numbers, process.argv[2]);
}

/** For each 1,000 acquisitions. */
function mutexEvents(): number | undefined {
  if (!existsSync(MUTEX_RESULTS)) return undefined;
  const { numbers } = JSON.parse(readFileSync(MUTEX_RESULTS, 'utf8')) as { readonly numbers: readonly Measured[] };
  const found = numbers.find(({ pattern }) => pattern === 'mutex');
  return found && 1_000 * found.eventsPerCall;
}

interface Cost {
  readonly events: number;
  readonly requests: number;
  readonly actions: number;
  readonly runsPerHour: number;
}

function costOf({ acquisitions, seconds, traffic }: FleetCost): Cost {
  const { signals, pushes, wakes, timers } = traffic;
  const events = historyEvents(traffic);
  const runs = events / RUN_EVENTS;
  const perThousand = (count: number): number => (1_000 * count) / acquisitions;
  return {
    events: perThousand(events),
    requests: perThousand(signals + 2 * pushes + 2 * wakes),
    actions: perThousand(signals + pushes + timers + runs),
    runsPerHour: (3_600 * runs) / seconds,
  };
}

void main();
