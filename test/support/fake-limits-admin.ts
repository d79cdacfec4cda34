import type { ListedSet } from '../../src/client/admin/limits-admin';
import { SetAdmin } from '../../src/client/admin/set-admin';
import { changed, changeFault, type ChangeOutcome, type ChangeRequest } from '../../src/limiter/control/change';
import { UNCHANGED } from '../../src/limiter/control/control';
import type { InspectedLimit, Inspection, InspectOptions, MinuteRecord } from '../../src/limiter/control/inspection';
import type { Why } from '../../src/limiter/control/why';
import type { LimitDefinition } from '../../src/limiter/definition/definition';
import { InvalidChangeError, LimiterUnavailableError } from '../../src/limiter/errors/limiter-errors';

const MINUTE_MS = 60_000;

/** Sets that a test makes up, and changes as it likes. */
export class FakeLimitsAdmin {
  /** What `inspect` answers, by set. */
  readonly sets = new Map<string, Inspection>();
  /** Sets whose limiter runs and does not answer. */
  readonly unanswered = new Set<string>();
  /** Whether Temporal does not answer. */
  isAway = false;
  /** The sets that were inspected, each time. */
  readonly asked: string[] = [];

  constructor(...sets: readonly Inspection[]) {
    for (const inspection of sets) this.sets.set(inspection.set, inspection);
  }

  async ping(): Promise<void> {
    if (this.isAway) throw new Error('no connection');
  }

  async list(): Promise<readonly ListedSet[]> {
    await this.ping();
    const names = [...this.sets.keys(), ...this.unanswered].sort();
    return names.map((set) => ({ set, runStartedAt: new Date(0).toISOString(), taskQueue: 'temporal-limits' }));
  }

  set(set: string): SetAdmin {
    return new FakeSetAdmin(set, this);
  }

  /** Every workflow waits for the first set. */
  async whyWorkflow(): Promise<readonly Why[]> {
    await this.ping();
    return Promise.all([...this.sets.keys()].slice(0, 1).map((set) => this.set(set).why()));
  }
}

class FakeSetAdmin extends SetAdmin {
  constructor(
    set: string,
    readonly all: FakeLimitsAdmin,
  ) {
    super(set);
  }

  protected async look({ firstClient = 0, clients: most = 20 }: InspectOptions): Promise<Inspection> {
    this.all.asked.push(this.set);
    const { clients, ...inspection } = await this.#find();
    const end = firstClient + most;
    return {
      ...inspection,
      clients: clients.slice(firstClient, end),
      ...(end < clients.length && { nextClient: end }),
    };
  }

  protected async change(request: ChangeRequest): Promise<ChangeOutcome> {
    const inspection = await this.#find();
    const { control: before, limits } = inspection;
    const fault = changeFault(request, limits as readonly object[] as readonly LimitDefinition[], before, Date.now());
    if (fault !== undefined) throw new InvalidChangeError(fault);
    const control = changed(before, request, Date.now());
    const now = limits.map((limit): InspectedLimit => {
      const { capacity } = control.capacity[limit.key] ?? { capacity: limit.defined };
      return { ...limit, capacity, source: limit.key in control.capacity ? 'operator' : 'code' };
    });
    this.all.sets.set(this.set, { ...inspection, control, limits: now });
    const capacities = limits.map(({ key, capacity }, i) => [key, { before: capacity, after: now[i]?.capacity ?? 0 }]);
    return { before, after: control, capacities: Object.fromEntries(capacities) as ChangeOutcome['capacities'] };
  }

  override async why(): Promise<Why> {
    if (this.all.isAway || this.all.sets.has(this.set)) return super.why();
    return {
      set: this.set,
      cause: 'UNHOSTED',
      waiting: 0,
      summary: 'Nobody runs the limiter: no worker polls its task queue.',
      advice: 'Start a worker with LimitsPlugin in this namespace.',
    };
  }

  async #find(): Promise<Inspection> {
    await this.all.ping();
    const found = this.all.sets.get(this.set);
    if (found === undefined) throw new LimiterUnavailableError(this.set, 'it does not answer');
    return found;
  }
}

/** A set of one call limit that nobody uses, and what a test wants otherwise. */
export function inspectionOf(set: string, given: Partial<Inspection> = {}): Inspection {
  return {
    set,
    at: Date.now(),
    version: 0,
    limits: [inspectedLimit('call')],
    waiting: 0,
    turnedAway: 0,
    control: UNCHANGED,
    numClients: given.clients?.length ?? 0,
    clients: [],
    history: [],
    ...given,
  };
}

/** A limit of 100 in a minute that nobody uses, and what a test wants otherwise. */
export function inspectedLimit(key: string, given: Partial<InspectedLimit> = {}): InspectedLimit {
  const limit = { defined: 100, capacity: 100, started: 0, granted: 0, wanted: 0, ...given };
  return {
    key,
    kind: key === 'call' ? 'call' : 'rate',
    algorithm: 'SlidingWindow',
    windowMs: MINUTE_MS,
    source: 'code',
    free: Math.max(0, limit.capacity - limit.started - limit.granted),
    ...limit,
  };
}

/** The last hour, of a use that rises and falls. */
export function historyOf(at: number, used: Readonly<Record<string, number>>, phase = 0): MinuteRecord[] {
  const end = Math.floor(at / MINUTE_MS);
  return Array.from({ length: 60 }, (_, i) => {
    const wave = 0.55 + 0.35 * Math.sin(i / 9 + phase) + 0.1 * Math.sin(i * 2.3 + phase);
    const isBusy = wave > 0.85;
    return {
      at: (end - 59 + i) * MINUTE_MS,
      used: Object.fromEntries(
        Object.entries(used).map(([key, most], k) => [key, Math.round(most * Math.min(1, wave * (1 - 0.17 * k)))]),
      ),
      waiting: isBusy ? Math.round(40 * (wave - 0.8) * 5) : 0,
      longestWaitMs: isBusy ? Math.round(9_000 * (wave - 0.8) * 5) : 0,
      throttled: i % 23 === 7 && isBusy ? 1 : 0,
    };
  });
}
