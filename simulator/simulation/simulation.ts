import type { SetDefinition } from '../../src/limiter/definition/definition';
import type { World } from '../faults/fault';
import { FAULTS } from '../faults/faults';
import { Fleet } from '../fleet/fleet';
import type { FleetWatch } from '../fleet/fleet-watch';
import { Host } from '../fleet/host';
import { drawJob } from '../scenario/draw-job';
import type { Scenario } from '../scenario/scenario';
import { WorkPeriods } from '../scenario/work-periods';
import { streamOf } from '../world/random';
import { VirtualClock } from '../world/virtual-clock';

/** Longest after its last work that a fleet may take to serve what waits. Unit: milliseconds. */
const MOST_DRAIN_MS = 4 * 3_600_000;
/** How often it is looked whether all are served. Unit: milliseconds. */
const LOOK_MS = 5_000;

/** A scenario that is played: fleets that share a world, those who work in them, and what goes wrong. */
export class Simulation implements World {
  readonly clock = new VirtualClock();
  readonly fleets: readonly Fleet[];
  readonly hosts: Host[] = [];
  readonly workPeriods: WorkPeriods;
  readonly definitions: SetDefinition[];
  #hostsBorn = 0;
  #isOver = false;

  /** @param watchesOf What watches over the fleet of a set. */
  constructor(
    readonly scenario: Scenario,
    watchesOf: (definition: SetDefinition, world: VirtualClock, index: number) => readonly FleetWatch[],
    /** Something happened that must never happen. */
    readonly failed: (detail: string) => void,
  ) {
    const { seed, sets, ms, idleMs, transactionMs, turnMs, endsAfterMs, unneeded } = scenario;
    this.workPeriods = new WorkPeriods(ms, idleMs, streamOf(seed, 'spells'));
    this.definitions = [...sets];
    this.fleets = sets.map(
      (definition, i) =>
        new Fleet({
          seed: seed * 8 + i,
          definition,
          clients: 0,
          transactionMs,
          turnMs,
          endsAfterMs,
          unneeded,
          world: this.clock,
          watches: watchesOf(definition, this.clock, i),
        }),
    );
    for (const { refusals } of this.fleets) refusals.isObserved = scenario.observes;
  }

  /** Plays it to its end, or until the world is stopped. */
  async play(): Promise<void> {
    const { scenario, clock } = this;
    for (let i = 0; i < scenario.processes; i += 1) this.startHost();
    this.#startRuns();
    for (const name of scenario.faults) FAULTS[name].schedule(this, streamOf(scenario.seed, name));
    await clock.runUntil(scenario.ms);
    this.#isOver = true;
    this.#heal();
    for (let left = MOST_DRAIN_MS; this.#waiting() > 0 && left > 0 && !clock.isStopped; left -= LOOK_MS) {
      await clock.runUntil(clock.now() + LOOK_MS);
    }
    await clock.runUntil(clock.now() + this.#restMs());
    for (const { limiter, watches } of this.fleets) {
      for (const watch of watches) watch.drained?.(() => limiter.allocator?.snapshot());
    }
  }

  startHost(): void {
    const index = this.#hostsBorn++;
    const host = new Host(this.fleets, this.definitions, index, streamOf(this.scenario.seed, `host ${index}`));
    this.hosts.push(host);
    for (let k = 0; k < this.scenario.workers; k += 1) this.#guard(this.#work(host, k));
  }

  at(moment: number, action: () => void): void {
    this.clock.after(moment - this.clock.now(), () => {
      if (!this.#isOver) action();
    });
  }

  moments(random: () => number, everyMs: number): Iterable<number> {
    return this.workPeriods.moments(random, everyMs);
  }

  report(what: string): void {
    for (const { watches } of this.fleets) for (const watch of watches) watch.faulted?.(what);
  }

  async #work(host: Host, worker: number): Promise<void> {
    const { scenario, workPeriods, clock } = this;
    const random = streamOf(scenario.seed, `worker ${host.index} ${worker}`);
    for (;;) {
      const busyAt = workPeriods.nextBusy(clock.now());
      if (busyAt === undefined) return;
      if (busyAt > clock.now()) await clock.sleep(busyAt - clock.now());
      if (!host.isAlive || this.#isOver) return;
      const process = host.choose();
      const job = drawJob(process.supply.definitions, scenario, random);
      // one that waits for nothing would make time stand still
      const pauseMs = Math.max(1, job.pauseMs ?? 0);
      await new Promise<void>((resolve) => host.clock.after(pauseMs, resolve));
      if (process.isWorking && !this.#hasEnded()) await process.acquire(job);
    }
  }

  #startRuns(): void {
    const { scenario, workPeriods } = this;
    if (scenario.runsPerMinute === 0) return;
    const random = streamOf(scenario.seed, 'runs');
    for (const moment of workPeriods.moments(random, 60_000 / scenario.runsPerMinute)) {
      const index = Math.floor(random() * this.fleets.length);
      const times = 1 + Math.floor(5 * random() ** 2);
      const own = streamOf(scenario.seed, `run ${moment}`);
      this.at(moment, () => {
        const run = this.fleets[index]!.startRun(this.definitions[index]);
        for (let k = 0; k < times; k += 1) {
          const job = drawJob(run.supply.definitions, scenario, own);
          this.clock.after(500 * own() ** 2, () => {
            if (run.isOpen) this.#guard(run.acquire(job));
          });
        }
      });
    }
  }

  /** What breaks in here would otherwise break nothing but the simulation. */
  #guard(work: Promise<unknown>): void {
    work.catch((error: unknown) =>
      this.failed(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    );
  }

  #hasEnded(): boolean {
    return this.#isOver;
  }

  /** No fault outlasts the work. */
  #heal(): void {
    for (const { network, limiter, processes, runs } of this.fleets) {
      network.lossRate = 0;
      network.duplicateRate = 0;
      network.isDown = false;
      for (const process of processes) process.isCutOff = false;
      for (const run of runs) if (run.isAway) run.comeBack();
      limiter.comeBack();
      for (const action of ['resume', 'reset'] as const) limiter.change({ action });
    }
  }

  #waiting(): number {
    const waits = (members: readonly { readonly waiting: number }[]): number =>
      members.reduce((sum, { waiting }) => sum + waiting, 0);
    return this.fleets.reduce(
      (sum, { processes, runs }) =>
        sum + waits(processes.filter(({ isWorking }) => isWorking)) + waits(runs.filter(({ isOpen }) => isOpen)),
      0,
    );
  }

  /** After so long without work nothing of it is left anywhere. */
  #restMs(): number {
    const longest = this.definitions.map(({ limits, timing }) =>
      limits.reduce(
        (most, limit) => (limit.kind === 'resource' ? most : Math.max(most, limit.windowMs)),
        timing.leaseMs,
      ),
    );
    return 4 * Math.max(...longest) + 60_000;
  }
}
