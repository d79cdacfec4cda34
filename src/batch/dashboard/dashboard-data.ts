import type { LimitsAdmin, ListedSet } from '../../client/admin/limits-admin';
import type { Inspection } from '../../limiter/control/inspection';
import { whyOf } from '../../limiter/control/why';
import { limiterId } from '../../workflows/limiter/protocol';
import type { Finding } from '../look/finding';
import { byUrgency, findingsOf, silenceOf } from '../look/findings';
import { stateOf } from '../temporal/set-state';
import { lastHourOf } from './last-hour';
import { rowOf, unknownRow } from './set-row';
import { SharedAnswers } from './shared-answers';
import type { HealthView, OverviewView, SetRow, SetView, WhyView } from './views';

/** Where the dashboard's data come from. */
export interface DashboardSource {
  readonly admin: Pick<LimitsAdmin, 'list' | 'set' | 'whyWorkflow'>;
  /** Resolves if Temporal answers. */
  ping(): Promise<unknown>;
}

/** Temporal does not answer: nothing is known of any set. */
export class TemporalAwayError extends Error {
  override readonly name = 'TemporalAwayError';
}

/** Rows of a page of the overview. */
const PAGE_SIZE = 25;
/** Clients of a page of a set. */
const CLIENTS = 20;
/** Sets that are asked at once for the health of all. */
const AT_ONCE = 25;
/** A page shows what is known after so long, and the rest with the next answer. Unit: milliseconds. */
const PATIENCE_MS = 400;
/** Where nothing is known before, a page waits for so long. Unit: milliseconds. */
const LONG_PATIENCE_MS = 2_000;
/** How old an answer of a limiter may be: with the two seconds of a page, a change is seen within three. Unit: milliseconds. */
const FRESH_MS = 750;
/** How old a list of all sets may be. Unit: milliseconds. */
const LIST_FRESH_MS = 3_000;
/** How old the health of all may be. Unit: milliseconds. */
const HEALTH_FRESH_MS = 10_000;

/** What the pages show. However many look, each limiter is asked about once a second, and only if some page shows it. */
export class DashboardData {
  readonly #pings = new SharedAnswers(() => this.#ping(), atLeast(FRESH_MS));
  /** A list of many takes long: it is renewed in a tenth of the time. */
  readonly #lists = new SharedAnswers(() => this.#reach(this.source.admin.list()), atLeast(LIST_FRESH_MS, 10));
  /** By name of the set and first client; null of a set whose limiter does not answer. */
  readonly #looks = new SharedAnswers((key) => this.#look(...(JSON.parse(key) as LookKey)), atLeast(FRESH_MS));
  readonly #whys = new SharedAnswers((set) => this.#reach(this.source.admin.set(set).why()), atLeast(FRESH_MS));
  /** All limiters are asked whether the workflow waits there. */
  readonly #whysOfWorkflows = new SharedAnswers(
    (id) => this.#reach(this.source.admin.whyWorkflow(id)),
    atLeast(FRESH_MS, 10),
  );
  readonly #healths = new SharedAnswers(() => this.#health(), atLeast(HEALTH_FRESH_MS, 10));
  /** The health of those that have been asked, while the rest are. */
  #soFar: HealthView | undefined;

  constructor(private readonly source: DashboardSource) {}

  /** @throws {TemporalAwayError} as all of these */
  async overview({ page, find }: { readonly page: number; readonly find: string }): Promise<OverviewView> {
    const sets = await this.#list();
    const wanted = find.toLowerCase();
    const found = sets.filter(({ set }) => set.toLowerCase().includes(wanted));
    const pages = Math.max(1, Math.ceil(found.length / PAGE_SIZE));
    const shown = Math.min(page, pages - 1);
    const onPage = found.slice(shown * PAGE_SIZE, (shown + 1) * PAGE_SIZE);
    return {
      at: Date.now(),
      sets: sets.length,
      found: found.length,
      page: shown,
      pages,
      rows: await Promise.all(onPage.map(({ set }) => this.#row(set))),
    };
  }

  async set(set: string, firstClient: number): Promise<SetView> {
    const look = await this.#looks.within(lookKey(set, firstClient, CLIENTS), PATIENCE_MS);
    const about = { set, workflowId: limiterId(set) };
    if (look === undefined) return { ...about, state: 'asking' };
    if (look === null) {
      const why = await this.#whys.within(set, PATIENCE_MS);
      return { ...about, state: 'unanswered', ...(why !== undefined && { why }) };
    }
    const { history: _, ...inspection } = look;
    // of the same moment as all else on the page
    const why = stateOf(look) === 'serving' ? undefined : whyOf(look);
    return {
      ...about,
      state: stateOf(look),
      inspection,
      lastHour: lastHourOf(look),
      ...(why !== undefined && { why }),
    };
  }

  async why(set: string): Promise<WhyView> {
    const why = await this.#whys.within(set, LONG_PATIENCE_MS);
    return why === undefined ? {} : { answers: [why] };
  }

  async whyWorkflow(workflowId: string): Promise<WhyView> {
    const answers = await this.#whysOfWorkflows.within(workflowId, LONG_PATIENCE_MS);
    return answers === undefined ? {} : { answers };
  }

  async health(): Promise<HealthView> {
    return (await this.#healths.within('', LONG_PATIENCE_MS)) ?? this.#soFar ?? this.#healths.get('');
  }

  /** After a change, everybody sees it with the next look. */
  forget(): void {
    this.#looks.expire();
    this.#whys.expire();
    this.#healths.expire();
  }

  /** The latest list, as soon as there is one. */
  async #list(): Promise<readonly ListedSet[]> {
    return (await this.#lists.within('', PATIENCE_MS)) ?? this.#lists.get('');
  }

  async #row(set: string): Promise<SetRow> {
    const look = await this.#looks.within(lookKey(set, 0, 0), PATIENCE_MS);
    return look ? rowOf(look) : unknownRow(set, look === null ? 'unanswered' : 'asking');
  }

  async #health(): Promise<HealthView> {
    const answeredInMs = await this.#pings.get('');
    const sets = await this.#list();
    const findings: Finding[] = [];
    const view = (looked: number): HealthView => ({
      ...{ at: Date.now(), answeredInMs, sets: sets.length, looked },
      findings: byUrgency(findings),
    });
    for (let from = 0; from < sets.length; from += AT_ONCE) {
      this.#soFar = view(from);
      const looks = sets.slice(from, from + AT_ONCE).map(async ({ set }) => {
        const look = await this.#looks.get(lookKey(set, 0, 0));
        return look === null ? silenceOf(await this.#whys.get(set)) : findingsOf(look);
      });
      findings.push(...(await Promise.all(looks)).flat());
    }
    return view(sets.length);
  }

  async #look(set: string, firstClient: number, clients: number): Promise<Inspection | null> {
    try {
      return await this.source.admin.set(set).inspect({ firstClient, clients });
    } catch {
      await this.#pings.get('');
      return null;
    }
  }

  /** How long Temporal took to answer. Unit: milliseconds. */
  async #ping(): Promise<number> {
    const began = performance.now();
    try {
      await this.source.ping();
    } catch {
      throw new TemporalAwayError('Temporal does not answer.');
    }
    return Math.round(performance.now() - began);
  }

  /** Tells a Temporal that is away from one that refuses. */
  async #reach<T>(asked: Promise<T>): Promise<T> {
    try {
      return await asked;
    } catch (error) {
      await this.#pings.get('');
      throw error;
    }
  }
}

type LookKey = [set: string, firstClient: number, clients: number];

function lookKey(...key: LookKey): string {
  return JSON.stringify(key);
}

function atLeast(ms: number, times = 1): (tookMs: number) => number {
  return (tookMs) => Math.max(ms, times * tookMs);
}
