import type { SetDefinition } from '../../src/limiter/definition/definition';
import { drawScenario } from '../../simulator/scenario/draw-scenario';
import { streamOf } from '../../simulator/world/random';
import type { Invariant } from '../../simulator/invariants/invariant';
import type { Scenario } from '../../simulator/scenario/scenario';
import { Simulation } from '../../simulator/simulation/simulation';
import { FORGERIES } from './forgery';
import { ObservedTraffic } from './observed-traffic';

/** How long honest clients work. Unit: milliseconds of the simulated world. */
export const HISTORY_MS = 6_000;
/** Nobody who starved is waited for any longer. Unit: milliseconds of the simulated world. */
const LONGEST_MS = 40_000;
const HOUR_MS = 3_600_000;

/** One forged message. */
export interface Forged {
  readonly how: keyof typeof FORGERIES;
  /** Unit: milliseconds of the simulated world. */
  readonly at: number;
  /** Of what the forgery leaves to chance. */
  readonly seed: number;
}

/** An honest history, and what a forger says in it. */
export interface ForgedHistory {
  readonly seed: number;
  readonly forged: readonly Forged[];
  readonly invariants: readonly Invariant[];
  /** What is different from the scenario that the seed stands for. */
  readonly change?: (plain: Scenario) => Partial<Scenario>;
}

/**
 * Plays a few honest clients, who want more than there is, and a forger among them, who has read all that was said.
 *
 * @throws Error that names the invariant that did not hold
 */
export async function playForged({ seed, forged, invariants, change }: ForgedHistory): Promise<void> {
  const drawn = drawScenario(seed, HISTORY_MS / HOUR_MS);
  const plain: Scenario = {
    ...drawn,
    // one that has completed no longer counts what it could not understand
    ...{ processes: 3, workers: 4, idleMs: 1, pauseMs: 20, endsAfterMs: HOUR_MS },
    sets: drawn.sets.slice(0, 1).map(charging),
    // books are judged by one definition
    faults: drawn.faults.filter((fault) => fault !== 'redefinition'),
  };
  const scenario: Scenario = { ...plain, ...change?.(plain) };
  let broken: Error | undefined;
  const failed = (invariant: string) => (detail: string) => {
    broken ??= new Error(`${invariant}: ${detail} (after ${simulation.clock.now()} ms)`);
    simulation.clock.stop();
  };
  const simulation: Simulation = new Simulation(
    scenario,
    (definition, world) =>
      invariants.map((invariant) => invariant.watch({ scenario, definition, world, fail: failed(invariant.name) })),
    failed('no error'),
  );
  const [fleet] = simulation.fleets;
  if (fleet === undefined) throw new Error('a scenario without a set');
  let notUnderstood = 0;
  const traffic = new ObservedTraffic(fleet.limiter);
  for (const { at, how, seed: own } of forged) {
    simulation.at(at, () => {
      const message = FORGERIES[how](traffic, streamOf(own, how));
      if (message === undefined) return;
      if (how === 'nonsense') notUnderstood += 1;
      traffic.send(structuredClone(message));
    });
  }
  simulation.clock.after(LONGEST_MS, () => simulation.clock.stop());
  await simulation.play();
  if (broken !== undefined) throw broken;
  const { refused } = fleet.limiter.allocator?.stats(fleet.now).counters ?? { refused: 0 };
  if (refused !== notUnderstood)
    throw new Error(`${notUnderstood} messages could not be understood, ${refused} are counted`);
}

/** The same, of which more may be used than was asked for: so there is more to lie about. */
const charging = (set: SetDefinition): SetDefinition => ({
  ...set,
  limits: set.limits.map((limit) => (limit.kind === 'resource' ? limit : { ...limit, overage: 'charge' })),
});
