import type { ChangeRequest } from '../../limiter/control/change';
import type { CapacityOrigin, Inspection } from '../../limiter/control/inspection';
import type { Why } from '../../limiter/control/why';
import type { Finding } from '../look/finding';
import type { SetState, TakenShare } from '../temporal/set-state';

/** What the server of the dashboard is and allows. What the server answers is plain JSON. */
export interface AboutView {
  readonly address: string;
  readonly namespace: string;
  /** Where Temporal's own UI is, without a slash at its end; left out if that is not known. */
  readonly ui?: string;
  readonly mayChange: boolean;
}

/** How a set is. `asking`: nothing is known of it yet. */
export type ShownState = SetState | 'asking';

/** One set in the overview. */
export interface SetRow {
  readonly set: string;
  readonly state: ShownState;
  /** The limit of which the largest share is taken; left out if nothing is known. */
  readonly fullest?: TakenShare;
  /** Where capacities come from: the first of operator, provider and adaptive that counts for some limit, else code. */
  readonly source?: CapacityOrigin;
  /** Acquisitions that wait. */
  readonly waiting: number;
  /** For how long the oldest has waited. Unit: milliseconds. */
  readonly waitingMs?: number;
  /** The share that the busiest limit used in each minute of the last hour, oldest first. */
  readonly lastHour: readonly number[];
}

/** One page of the sets. */
export interface OverviewView {
  /** Unit: milliseconds since the Unix epoch. */
  readonly at: number;
  /** Sets in all. */
  readonly sets: number;
  /** Sets whose name has what was looked for. */
  readonly found: number;
  /** From 0. */
  readonly page: number;
  /** At least 1. */
  readonly pages: number;
  readonly rows: readonly SetRow[];
}

/** The last hour of a set, in lists of one value a minute, oldest first. */
export interface LastHour {
  /** When each minute began. Unit: milliseconds since the Unix epoch. */
  readonly at: readonly number[];
  /** The share of each limit's capacity that was used, from 0. Limits of more than an hour are left out. */
  readonly shares: readonly { readonly key: string; readonly values: readonly number[] }[];
  /** The most acquisitions that waited at once. */
  readonly waiting: readonly number[];
  /** Unit: milliseconds. */
  readonly longestWaitMs: readonly number[];
  /** Refusals by the provider. */
  readonly throttled: readonly number[];
}

/** Everything there is to see of one set. */
export interface SetView {
  readonly set: string;
  /** The workflow of its limiter, whether it runs or not. */
  readonly workflowId: string;
  readonly state: ShownState;
  /** Left out if its limiter did not answer. */
  readonly inspection?: Omit<Inspection, 'history'>;
  readonly lastHour?: LastHour;
  /** Why acquisitions wait, unless all is served. */
  readonly why?: Why;
}

/** Why a set or a workflow waits. */
export interface WhyView {
  /** Of each set that it waits for; left out while the limiters are being asked. */
  readonly answers?: readonly Why[];
}

/** What is wrong, and what was looked at. */
export interface HealthView {
  /** Unit: milliseconds since the Unix epoch. */
  readonly at: number;
  /** How long Temporal took to answer. Unit: milliseconds. */
  readonly answeredInMs: number;
  readonly sets: number;
  /** Of how many of them the findings are: fewer while the limiters are being asked for the first time. */
  readonly looked: number;
  /** The worst first. */
  readonly findings: readonly Finding[];
}

/** What a page asks to change. */
export type SetChange = {
  readonly set: string;
  readonly options: Pick<ChangeRequest, 'reason' | 'by' | 'ifRevision'> & {
    /** After how long a `set` or `pause` ends by itself, such as `2h`. */
    readonly for?: string;
  };
} & (
  | { readonly action: 'set'; readonly capacity: Readonly<Record<string, number>> }
  | { readonly action: 'reset'; readonly keys?: readonly string[] }
  | { readonly action: 'pause' | 'resume' }
  | { readonly action: 'forget'; readonly client: string }
);

/** Why nothing could be answered. */
export interface ErrorView {
  /**
   * `away`: Temporal does not answer, and what is known stays as it was. `unanswered`: the limiter does not answer; a change
   * may still be made, as the message says.
   */
  readonly kind: 'away' | 'access' | 'refused' | 'unanswered';
  readonly message: string;
}
