import { INVARIANTS } from '../invariants/invariants';
import { drawScenario } from '../scenario/draw-scenario';
import type { Scenario } from '../scenario/scenario';
import type { Outcome } from '../simulation/simulate';

const HOUR_MS = 3_600_000;

/** The command that plays a scenario again: what differs from what its seed says. */
export function commandOf(scenario: Scenario, hours: number): string {
  const drawn = drawScenario(scenario.seed, hours);
  const keys = [...new Set(scenario.sets.flatMap(({ limits }) => limits.map(({ key }) => key)))];
  const drawnKeys = new Set(drawn.sets.flatMap(({ limits }) => limits.map(({ key }) => key)));
  // the length decides how a scenario is drawn: it is always given
  const parts = [`--seed ${scenario.seed}`, `--hours ${hours}`];
  const add = (isSame: boolean, part: string): void => {
    if (!isSame) parts.push(part);
  };
  add(scenario.ms === drawn.ms, `--until ${scenario.ms / 1e3}`);
  add(scenario.processes === drawn.processes, `--clients ${scenario.processes}`);
  add(scenario.workers === drawn.workers, `--workers ${scenario.workers}`);
  add(scenario.runsPerMinute === drawn.runsPerMinute, `--runs ${scenario.runsPerMinute}`);
  add(scenario.timeoutShare === drawn.timeoutShare, `--timeouts ${scenario.timeoutShare}`);
  add(scenario.sets.length === drawn.sets.length, `--sets ${setsOf(scenario, drawn)}`);
  add(keys.length === drawnKeys.size, `--limits ${keys.join(',')}`);
  add(scenario.faults.length === drawn.faults.length, `--faults '${scenario.faults.join(',') || 'none'}'`);
  return `npm run simulate -- ${parts.join(' ')}`;
}

/** Which of the sets that the seed says are left: those that have the same timing and the limits. */
function setsOf(scenario: Scenario, drawn: Scenario): string {
  return scenario.sets
    .map(({ limits }) => drawn.sets.findIndex((set) => limits.every((limit) => includes(set.limits, limit))))
    .join(',');
}

const includes = (all: readonly unknown[], one: unknown): boolean =>
  all.some((item) => JSON.stringify(item) === JSON.stringify(one));

/** What failed, how little it takes, and how to see it again. */
export function describeFailure(first: Outcome, smallest: Outcome, lines: readonly string[], hours: number): string {
  const { violation, scenario } = smallest;
  return [
    '',
    `seed ${scenario.seed}: '${violation?.invariant ?? ''}' does not hold at ${seconds(violation?.at ?? 0)} s (at first: at ${seconds(first.violation?.at ?? 0)} s)`,
    `  ${INVARIANTS.find(({ name }) => name === violation?.invariant)?.promise ?? ''}`,
    `  ${violation?.detail ?? ''}`,
    '',
    ...lines.map((line) => `  ${line.length > 300 ? `${line.slice(0, 300)}…` : line}`),
    '',
    `again: ${commandOf(first.scenario, hours)}`,
    `smallest: ${commandOf(scenario, hours)} --trace`,
  ].join('\n');
}

/** What all simulations have come to, in one line. */
export function describeAll(outcomes: Totals, elapsedMs: number): string {
  const { seeds, ms, busyMs, events, acquisitions, violations } = outcomes;
  return `${seeds} seeds, ${inHours(ms)} virtual hours (${inHours(busyMs)} with work), ${events} events, ${acquisitions} acquisitions, ${violations} violations, ${(elapsedMs / 1e3).toFixed(1)} s`;
}

/** Sums over simulations. */
export interface Totals {
  seeds: number;
  ms: number;
  busyMs: number;
  events: number;
  acquisitions: number;
  violations: number;
}

function inHours(ms: number): string {
  return (ms / HOUR_MS).toFixed(1);
}

function seconds(ms: number): string {
  return (ms / 1e3).toFixed(3);
}
