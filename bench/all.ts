/**
 * `npm run bench`: runs the benchmarks one after the other, each in a process of its own, and says how long each took.
 * With names, only those. One that fails does not keep the others from running, but the whole then fails too.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/** By name: the command's arguments. All of them together take about twenty minutes on two cores. */
const BENCHMARKS: Readonly<Record<string, readonly string[]>> = {
  'in-process': ['bench/in-process.ts'],
  inspection: ['bench/inspection.ts'],
  dashboard: ['bench/dashboard.ts'],
  growth: ['bench/growth.ts'],
  fleet: ['bench/fleet.ts'],
  'over-reserved': ['bench/over-reserved.ts'],
  quota: ['bench/quota.ts'],
  bursts: ['bench/bursts.ts'],
  processes: ['bench/processes.ts'],
  temporal: ['bench/temporal.ts'],
  'quota-real': ['bench/quota-real.ts'],
  start: ['bench/start.ts'],
  steered: ['bench/steered.ts'],
  watched: ['bench/watched.ts'],
  'events-30': [
    'bench/events.ts',
    '--callers',
    '4',
    '--calls',
    '100',
    '--at-once',
    '30',
    '--permits',
    '20',
    '--hold',
    '100',
  ],
  'events-6': [
    'bench/events.ts',
    '--callers',
    '8',
    '--calls',
    '60',
    '--at-once',
    '6',
    '--permits',
    '10',
    '--hold',
    '50',
  ],
  // after what it draws beside its own
  cost: ['bench/cost.ts'],
};

const { positionals } = parseArgs({ allowPositionals: true });
const unknown = positionals.filter((name) => !(name in BENCHMARKS));
if (unknown.length > 0) {
  console.error(`no benchmark: ${unknown.join(', ')}; there are ${Object.keys(BENCHMARKS).join(', ')}`);
  process.exit(2);
}

const took: string[] = [];
const failed: string[] = [];
const begun = performance.now();
const secondsSince = (since: number): number => Math.round((performance.now() - since) / 1_000);
for (const [name, args] of Object.entries(BENCHMARKS)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  console.log(`\n=== ${name}`);
  const began = performance.now();
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', ...args], { stdio: 'inherit' });
  took.push(`${name} ${secondsSince(began)} s`);
  if (status !== 0) failed.push(name);
}
console.log(`\n${took.join(', ')}; ${secondsSince(begun)} s in all; failed: ${failed.join(', ') || 'none'}`);
if (failed.length > 0) process.exitCode = 1;
