import type { SetDefinition } from '../../src/limiter/definition/definition';

/** Nothing is held for longer. Unit: milliseconds. */
export const LONGEST_HOLD_MS = 20_000;

/** Kinds of what goes wrong. */
export const FAULT_NAMES = [
  'loss',
  'repetition',
  'slowness',
  'partition',
  'pause',
  'crash',
  'limiter down',
  'server down',
  'continue-as-new',
  'redefinition',
  'closed runs',
  'absent runs',
  'throttle',
  'drift',
  'ban',
  'operator',
] as const;

export type FaultName = (typeof FAULT_NAMES)[number];

/** Everything that a simulation follows from; plain JSON. What is left out of it leaves the rest as it is. */
export interface Scenario {
  readonly seed: number;
  /** How long work keeps coming, and faults. Unit: milliseconds of the simulated world. */
  readonly ms: number;
  /** The limit sets; several are a pool. */
  readonly sets: readonly SetDefinition[];
  /** Processes that acquire. */
  readonly processes: number;
  /** Acquisitions that each process has going at once. */
  readonly workers: number;
  /** Workflow runs that acquire, in each minute of work. */
  readonly runsPerMinute: number;
  readonly faults: readonly FaultName[];
  /** Length of the pauses between periods of work. Unit: milliseconds. */
  readonly idleMs: number;
  /** Pause of a worker between two acquisitions, at most. Unit: milliseconds. */
  readonly pauseMs: number;
  /** Longest that most acquisitions are held. Unit: milliseconds. */
  readonly holdMs: number;
  /** Share of the acquisitions that are held for longer, up to {@link LONGEST_HOLD_MS}. */
  readonly longHolds: number;
  /** Share of the acquisitions that go before the others. */
  readonly urgentShare: number;
  /** Share of the acquisitions that wait only so long. */
  readonly timeoutShare: number;
  /** How long the server takes for each transaction of a limiter's workflow. Unit: milliseconds. */
  readonly transactionMs: number;
  /** How long a turn of a process's event loop takes at most while it begins calls, which it sends so much later. Unit: milliseconds. */
  readonly turnMs: number;
  /** How long a limiter continues with nothing to remember before it completes. Unit: milliseconds. */
  readonly endsAfterMs: number;
  /** How providers count units that turn out not to be needed: not at all, or until they come back at the release. */
  readonly unneeded: 'never counted' | 'given back';
  /** Whether answers are observed, also where no fault is about them. */
  readonly observes: boolean;
}
