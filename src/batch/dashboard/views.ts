import type { ChangeRequest } from '../../limiter/control/change';
import type { CapacityOrigin, Inspection } from '../../limiter/control/inspection';
import type { Why } from '../../limiter/control/why';

/** What the server of the dashboard is and allows. What the server answers is plain JSON. */
export interface AboutView {
  readonly address: string;
  readonly namespace: string;
  /** Where Temporal's own UI is, without a slash at its end; left out if that is not known. */
  readonly ui?: string;
  readonly mayChange: boolean;
}

/** How a set is. `asking`: nothing is known of it yet. `unanswered`: its limiter runs but did not answer, or none runs. */
export type SetState = 'serving' | 'waiting' | 'paused' | 'provider' | 'circuit' | 'unanswered' | 'asking';

/** One set in the overview. */
export interface SetRow {
  readonly set: string;
  readonly state: SetState;
  /** The limit of which the largest share is used; left out if nothing is known. */
  readonly busiest?: {
    readonly key: string;
    /** Of its capacity, from 0; over 1 in debt. */
    readonly share: number;
  };
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
  readonly state: SetState;
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

/** Something that somebody should know. */
export interface Finding {
  /** `bad`: calls wait or fail because of it. `notice`: nothing has to be done at once. */
  readonly severity: 'bad' | 'notice';
  readonly set: string;
  readonly title: string;
  readonly detail: string;
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
  /** `away`: Temporal does not answer, and what is known stays as it was. */
  readonly kind: 'away' | 'access' | 'refused';
  readonly message: string;
}
