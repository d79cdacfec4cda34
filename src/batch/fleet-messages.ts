import { type TemporalTarget } from './temporal-target';
import { type Work } from './work-counters';

/** What a worker process is told at its start. The keys are not in it: it reads the config and its environment itself. */
export interface StartWorker {
  readonly type: 'start';
  readonly configFile: string;
  readonly target: TemporalTarget;
  /** As what it polls. */
  readonly identity: string;
  /** The most items under way at each set, by its name. */
  readonly bounds: Readonly<Record<string, number>>;
}

/** Has items given back, as far as they still wait for their set's limits. */
interface RecallItems {
  readonly type: 'recall';
  readonly ids: readonly string[];
}

/** Ends a worker process; what it has under way is given up. */
interface StopWorker {
  readonly type: 'stop';
}

export type ToWorker = StartWorker | RecallItems | StopWorker;

/** A worker process serves the sets now and hears from the limiters on this task queue, or has done something. */
export type FromWorker =
  { readonly type: 'ready'; readonly pushQueue: string } | { readonly type: 'work'; readonly work: Work };
