/**
 * How much of a strict quota a saturated fleet uses, and what is refused, from 1 to 10,000 calls/s, windows of 1 to 60 s
 * and 1 to 32 processes; as few requests wait; by the guard that is kept against jitter; beside a script that sleeps and
 * tries again. All in virtual time, on a network whose messages take 2 to 120 ms. Through a real server, beside others:
 * bench/quota-real.ts.
 *
 *   npx tsx bench/quota.ts [file for the results]
 */
import { VirtualClock } from '../simulator/world/virtual-clock';
import { sleepAndRetry } from './quota/sleep-and-retry';
import { StrictWindow } from './quota/strict-window';
import { type Curve, plot } from './support/plot';
import { type Finding, report } from './support/report';
import { type FleetShape, playFleet } from './support/saturated-fleet';

const LOADS = [1, 10, 100, 1_000, 10_000] as const;
const WINDOWS = [1, 2, 5, 10, 20, 60] as const;
const PROCESSES = [1, 8, 32] as const;
/** Of a window beyond this only its filling would be seen. */
const MOST_CALLS = 60_000;
/** So many calls are enough to average over, two windows at least. */
const ENOUGH_CALLS = 10_000;
/** So long they are watched, after as long for warming up: many times the longest window. */
const SLEEPERS_MS = 300_000;
/** Beyond this many calls a second, as many processes as most have. */
const HEAVY = 1_000;

type Asked = Pick<FleetShape, 'perSecond' | 'windowSeconds' | 'processes'> & Partial<FleetShape>;

async function main(): Promise<void> {
  const numbers: object[] = [];
  const share = async (asked: Asked): Promise<number> => {
    const found = await playFleet({ ...asked, windows: windowsOf(asked) });
    numbers.push({ ...asked, ...found });
    if (found.over > 0) throw new Error(`${found.over} calls too many: ${JSON.stringify(asked)}`);
    return found.share;
  };
  const findings = [await grid(share), await backlogs(share), await guards(share), await sleepers()];
  report('quota', findings, numbers, process.argv[2]);
}

type Share = (asked: Asked) => Promise<number>;

async function grid(share: Share): Promise<Finding> {
  const rows: string[][] = [];
  const curves: Curve[] = [];
  for (const processes of PROCESSES) {
    for (const perSecond of LOADS) {
      const row: string[] = [];
      const points: [number, number][] = [];
      for (const windowSeconds of WINDOWS) {
        const isLeftOut = perSecond * windowSeconds > MOST_CALLS || (perSecond > HEAVY && processes !== 8);
        const used = isLeftOut ? undefined : await share({ perSecond, windowSeconds, processes });
        row.push(used === undefined ? '' : percent(used));
        if (used !== undefined) points.push([windowSeconds, 100 * used]);
      }
      if (row.some((cell) => cell !== '')) rows.push([`${processes}, ${perSecond.toLocaleString('en')}/s`, ...row]);
      if (perSecond === 100) curves.push({ name: processes === 1 ? 'one process' : `${processes} processes`, points });
    }
  }
  const bound = (windowSeconds: number): [number, number] => [windowSeconds, 100 / (1 + 0.05 / windowSeconds)];
  plot('quota', {
    title: 'Share of a strict quota used by a saturated fleet, 100 calls/s',
    ...{ x: 'window (s)', y: '%', yRange: [88, 100] },
    curves: [...curves, { name: 'what a guard of 50 ms leaves', points: WINDOWS.map(bound), isDashed: true }],
  });
  return {
    title: 'share of a strict quota, nothing refused: processes and limit, by the window',
    columns: ['', ...WINDOWS.map((seconds) => `${seconds} s`)],
    rows,
  };
}

async function backlogs(share: Share): Promise<Finding> {
  const rows: string[][] = [];
  for (const processes of PROCESSES) {
    const row: string[] = [];
    for (const backlogSeconds of [0.05, 0.1, 0.5, 2])
      row.push(percent(await share({ perSecond: 100, windowSeconds: 5, processes, backlogSeconds })));
    rows.push([`${processes} processes`, ...row]);
  }
  return {
    title: 'the same at 500 calls per 5 s, by the requests that there are at a time, each of 20 ms',
    columns: ['', '5', '10', '50', '200'],
    rows,
  };
}

async function guards(share: Share): Promise<Finding> {
  const rows: string[][] = [];
  for (const windowSeconds of [1, 5, 60]) {
    const row: string[] = [];
    for (const guardMs of [0, 20, 50, 100])
      row.push(percent(await share({ perSecond: 100, windowSeconds, processes: 8, guardMs })));
    rows.push([`${windowSeconds} s`, ...row]);
  }
  return {
    title: 'the same at 100 calls/s by 8 processes, by the guard',
    columns: ['window', 'guardMs: 0', '20', '50 (default)', '100'],
    rows,
  };
}

/** With as many callers as the fleets have requests at a time. */
async function sleepers(): Promise<Finding> {
  const rows: string[][] = [];
  for (const perSecond of [1, 10, 100]) {
    const row: string[] = [];
    for (const windowSeconds of WINDOWS) row.push(await sleeper(perSecond, windowSeconds));
    rows.push([`${perSecond}/s`, ...row]);
  }
  return {
    title: 'a script that sleeps and tries again: share of the quota, and refused for each 1,000 calls',
    columns: ['', ...WINDOWS.map((seconds) => `${seconds} s`)],
    rows,
  };
}

async function sleeper(perSecond: number, windowSeconds: number): Promise<string> {
  const [clock, provider] = [new VirtualClock(), new StrictWindow(perSecond * windowSeconds, windowSeconds * 1_000)];
  sleepAndRetry(clock, provider, 2 * perSecond);
  await clock.runUntil(SLEEPERS_MS);
  const [accepted, refused] = [provider.accepted, provider.refused];
  await clock.runUntil(2 * SLEEPERS_MS);
  const served = provider.accepted - accepted;
  const perThousand = Math.round((1_000 * (provider.refused - refused)) / served);
  return `${percent((1_000 * served) / (perSecond * SLEEPERS_MS))}, ${perThousand.toLocaleString('en')}`;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function windowsOf({ perSecond, windowSeconds }: Asked): number {
  return Math.max(2, Math.min(10, Math.floor(ENOUGH_CALLS / (perSecond * windowSeconds))));
}

void main();
