import { at } from '../../limiter/vector/vector';
import type { LimitDefinition, SetDefinition } from '../../limiter/definition/definition';
import { LimiterUnavailableError } from '../../limiter/errors/limiter-errors';
import type { Observation } from '../../limiter/feedback/observation';
import { Ledger } from '../../limiter/ledger/ledger';
import { StartingLedger, type Starts } from '../../limiter/ledger/starting-ledger';
import type { Request } from '../../limiter/request/request';
import type { Holding, Availability, WaitOptions, Clock } from '../../acquire/ports';
import type { ChangeOutcome, ChangeRequest } from '../../limiter/control/change';
import type { Inspection } from '../../limiter/control/inspection';
import type { Backend, BackendStats, SelfKept } from './backend';
import { inspectMemory } from './memory-inspection';
import { Gate } from '../../acquire/gate/gate';
import { giveTurns } from '../link/turns';
import { MemoryProvider } from './memory-provider';
import { HolderSignals } from '../../acquire/gate/holder-signals';
import { busyController } from '../link/system-clock';

/** How many have been given out in this process: a set that is forgotten, and made anew, goes on with larger ones. */
let fencingTokens = 0;

/** Limits within this process: the ledger is here, no other process takes from it, and nothing outlives this one. */
export class MemoryBackend implements Backend, SelfKept {
  #capacity: StartingLedger;
  /** Those of older definitions of which something was starting when the next came. */
  #older: readonly StartingLedger[] = [];
  readonly gate: Gate;
  readonly provider: MemoryProvider;
  readonly holders: HolderSignals;
  /** Holdings that have not been released. */
  numHeld = 0;
  #closed = false;

  constructor(
    readonly name: string,
    definition: SetDefinition,
    readonly clock: Clock,
  ) {
    this.holders = new HolderSignals(name, busyController);
    this.#capacity = this.#inTurns(new Ledger(definition.limits, clock.now()));
    this.gate = new Gate(this.#capacity, clock, undefined, name, {
      obstacle: () => this.provider.obstacle(),
      whyLess: (key) => this.provider.whyLess(key),
    });
    this.provider = new MemoryProvider(this.gate, () => this.#capacity, definition);
  }

  get definitions(): readonly LimitDefinition[] {
    return this.#capacity.definitions;
  }

  get obstacle(): string | undefined {
    return this.gate.obstacle;
  }

  get lack(): string | undefined {
    return this.gate.lack;
  }

  /** Units that have not recovered count: closed now, they would be forgotten. */
  get isIdle(): boolean {
    if (this.numHeld > 0 || this.gate.size > 0 || this.provider.isSuspended) return false;
    const now = this.clock.now();
    return this.#capacity.ledger.recoveredAt(now) <= now && this.provider.control.lastEnd <= now;
  }

  get selfKept(): SelfKept {
    return this;
  }

  inspect(): Omit<Inspection, 'set'> {
    return inspectMemory(this.gate, this.#capacity.ledger, this.provider);
  }

  change(request: ChangeRequest): ChangeOutcome {
    return this.provider.change(request);
  }

  takeNow(request: Request, priority: number): Holding | undefined {
    if (this.#closed) throw this.#unavailable();
    return this.gate.tryPass(request, priority) ? this.#hold(request) : undefined;
  }

  async tryTake(request: Request, { priority }: WaitOptions): Promise<Holding | undefined> {
    const holding = this.takeNow(request, priority);
    const isStarting = this.#capacity.isStarting || this.#older.some((capacity) => capacity.isStarting);
    // one that asks again and again must not keep what was taken before from being sent, and so from counting
    if (holding === undefined && isStarting) await new Promise<void>((done) => this.clock.turn(done));
    return holding;
  }

  async take(request: Request, options: WaitOptions): Promise<Holding> {
    if (this.#closed) throw this.#unavailable();
    return this.gate.pass(request, options, (taken) => this.#hold(taken));
  }

  availability(request: Request): Availability {
    return this.gate.expectedWaitMs(request) <= 0 ? 'served' : 'wait';
  }

  expectedWaitMs(request: Request): number {
    return this.gate.expectedWaitMs(request);
  }

  stats(): Promise<BackendStats> {
    const provider = this.provider.stats();
    const limits = this.#capacity.ledger.stats(this.clock.now(), true);
    return Promise.resolve({ limits, waiting: this.gate.size, ...(provider !== undefined && { provider }) });
  }

  redefine(definition: SetDefinition): void {
    this.#older = [...this.#older, this.#capacity].filter((capacity) => capacity.isStarting);
    this.#capacity = this.#inTurns(this.#capacity.ledger.redefine(definition.limits, this.clock.now()));
    this.provider.redefine(definition);
  }

  yield(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.gate.refuseAll(this.#unavailable());
      this.holders.lose(this.#unavailable());
    }
    return Promise.resolve();
  }

  /** Tells of the turns that the process gets, and lets those through whom the starts of others held up. */
  #inTurns(ledger: Ledger): StartingLedger {
    const starting = new StartingLedger(ledger, (now) => this.provider.guardMs(now));
    giveTurns(starting, this.clock, () => {
      if (this.gate.size > 0) this.gate.pump();
    });
    return starting;
  }

  #hold(request: Request): Holding {
    fencingTokens += 1;
    this.numHeld += 1;
    return new MemoryHolding(this, this.#capacity, request, fencingTokens, this.provider.claim());
  }

  #unavailable(): LimiterUnavailableError {
    return new LimiterUnavailableError(this.name, 'it has been closed');
  }
}

class MemoryHolding implements Holding {
  readonly #takenAt: number;
  readonly #starts: Starts;
  #isHeld = true;

  constructor(
    readonly backend: MemoryBackend,
    readonly capacity: StartingLedger,
    readonly request: Request,
    readonly fencingToken: number,
    /** Its number, if others wait for its outcome. */
    readonly probe: number | undefined,
  ) {
    this.#takenAt = capacity.takenAt;
    this.#starts = capacity.startsNow;
  }

  get definitions(): readonly LimitDefinition[] {
    return this.capacity.definitions;
  }

  get signal(): AbortSignal {
    return this.backend.holders.of(this, this.#isHeld);
  }

  settle(index: number, used: number): void {
    const { clock, provider } = this.backend;
    const now = clock.now();
    this.capacity.settle(this.#starts, index, at(this.request.amounts, index), used, now);
    provider.note(now);
  }

  observe(answer: unknown): Observation {
    return this.backend.provider.observe(answer, this.#takenAt, this.probe);
  }

  release(): undefined {
    const { gate, holders, provider } = this.backend;
    this.backend.numHeld -= 1;
    this.#isHeld = false;
    holders.forget(this);
    this.capacity.release(this.request.amounts);
    if (this.probe !== undefined) provider.ended(this.probe);
    if (gate.size > 0) gate.pump();
  }
}
