import type { FleetWatch } from '../fleet/fleet-watch';
import { INVARIANTS } from '../invariants/invariants';
import type { Scenario } from '../scenario/scenario';
import { Simulation } from './simulation';
import type { Trace } from './trace';

/** Something that must never happen. */
export interface Violation {
  readonly invariant: string;
  /** Unit: milliseconds of the simulated world. */
  readonly at: number;
  readonly detail: string;
}

/** What a simulation has come to. */
export interface Outcome {
  readonly scenario: Scenario;
  readonly violation: Violation | undefined;
  /** Unit: milliseconds of the simulated world. */
  readonly ms: number;
  /** Of that, with work to do. */
  readonly busyMs: number;
  readonly events: number;
  readonly acquisitions: number;
  /** The same for the same scenario: a number that depends on all that happened. */
  readonly digest: number;
}

/** Plays a scenario: {@link simulate}, or the same over code that has a mistake. */
export type Play = typeof simulate;

/** What an error in the code under test is reported as. No invariant's promise names it. */
const NO_ERROR = 'no error';

/** Plays a scenario until it is over or an invariant does not hold. */
export async function simulate(scenario: Scenario, trace?: Trace): Promise<Outcome> {
  let violation: Violation | undefined;
  let digest = 0;
  const noted: FleetWatch = {
    arrived: (_key, amount) => (digest = Math.imul(digest ^ Math.round(amount * 1e3), 0x01000193) + 1),
    acquired: ({ acquiredAt }) => (digest = Math.imul(digest ^ Math.round(acquiredAt * 1e3), 0x01000193) + 1),
  };
  const failed = (invariant: string) => (detail: string) => {
    violation ??= { invariant, at: simulation.clock.now(), detail };
    simulation.clock.stop();
  };
  const simulation: Simulation = new Simulation(
    scenario,
    (definition, world, index) => [
      noted,
      ...(trace === undefined ? [] : [trace.watch(world, index)]),
      ...INVARIANTS.map((invariant) => invariant.watch({ scenario, definition, world, fail: failed(invariant.name) })),
    ],
    failed(NO_ERROR),
  );
  try {
    await simulation.play();
  } catch (error) {
    failed(NO_ERROR)(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  return {
    scenario,
    violation,
    ms: simulation.clock.now(),
    busyMs: simulation.workPeriods.busyMs,
    events: simulation.clock.events,
    acquisitions: simulation.fleets.reduce((sum, { started }) => sum + started, 0),
    digest: digest >>> 0,
  };
}
