import type { Gate } from '../../acquire/gate/gate';
import type { LimitDefinition, SetDefinition } from '../../limiter/definition/definition';
import { readObservation, type Observation } from '../../limiter/feedback/observation';
import { limitStats, ProviderRecord, whySuspended, type ProviderStats } from '../../limiter/feedback/provider-record';
import {
  DEFAULT_MAX_PAUSE_MS,
  heard,
  opensAt,
  probed,
  probing,
  UNHEARD,
  type ProviderState,
} from '../../limiter/feedback/provider-state';
import { FoundLimits } from '../../limiter/feedback/found-limits';
import { loweredLimits, whyLess, type LoweringStep } from '../../limiter/feedback/lowered-limits';
import { SuspendedCapacity } from '../../limiter/feedback/suspended-capacity';
import { reportedLimits } from '../../limiter/feedback/reported-limits';
import { capacitySteps } from '../../limiter/control/capacity-steps';
import { changedCapacities, type ChangeOutcome, type ChangeRequest } from '../../limiter/control/change';
import { ControlledCapacity } from '../../limiter/control/controlled-capacity';
import { OperatorControl } from '../../limiter/control/operator-control';
import { InvalidChangeError } from '../../limiter/errors/limiter-errors';
import type { StartingLedger } from '../../limiter/ledger/starting-ledger';
import { tellSuspended } from '../events/limit-events';
import { presentTime } from '../link/system-clock';

/** Hears what the provider of a set in memory mode answers, and keeps requests back while it does not serve. */
export class MemoryProvider {
  readonly #record = new ProviderRecord();
  readonly #found = new FoundLimits();
  readonly control = new OperatorControl();
  #state: ProviderState = UNHEARD;
  #isHeard = false;
  /** The probe that has been taken in this moment, for the holding that is about to be made of it. */
  #begun: number | undefined;

  constructor(
    readonly gate: Gate,
    readonly capacity: () => StartingLedger,
    private definition: SetDefinition,
  ) {}

  /** Version of the definition. */
  get version(): number {
    return this.definition.version;
  }

  get #maxPauseMs(): number {
    return this.definition.timing.maxPauseMs ?? DEFAULT_MAX_PAUSE_MS;
  }

  /** The capacity is another one, and perhaps the longest pause and the guard. */
  redefine(definition: SetDefinition): void {
    this.definition = definition;
    this.#resize(this.gate.clock.now());
    this.#follow();
  }

  /** @throws InvalidChangeError */
  change(request: ChangeRequest): ChangeOutcome {
    const now = this.gate.clock.now();
    const { definitions } = this.capacity().ledger;
    const checked = this.control.check(request, definitions, now);
    if (checked.action === 'forget')
      throw new InvalidChangeError('client: a set in memory mode has no other client than this process');
    const limits = this.inForce(now);
    const outcome = this.control.change(checked, now);
    this.#resize(now);
    this.#follow();
    const pause = this.control.pauseNews;
    if (checked.action === 'pause' && pause !== undefined) tellSuspended(this.gate.name, pause);
    return { ...outcome, capacities: changedCapacities(limits, this.inForce(now)) };
  }

  /** Takes over what an answer says to a call that began at `startedAt`, as the probe of this number if it is one. */
  observe(answer: unknown, startedAt: number, probe: number | undefined): Observation {
    const observation = readObservation(answer, presentTime());
    this.#isHeard = true;
    this.#record.add(observation);
    const { gate } = this;
    const now = gate.clock.now();
    const ledger = this.capacity().ledger;
    const { outcome, cause } = observation;
    const isProbe = probe !== undefined && outcome !== 'unknown';
    const before = this.#state;
    let state = heard(before, { ...observation, startedAt }, now, this.#maxPauseMs);
    if (isProbe) state = probed(state, probe, observation, now, this.#maxPauseMs);
    const { definitions } = ledger;
    const evidence = {
      reports: reportedLimits(observation.seen, definitions).map((report) => ({ ...report, since: startedAt })),
      isServed: outcome === 'ok',
      isThrottled: outcome === 'throttled',
      cause,
    };
    const limits = this.#controlled(now);
    this.#found.hear(evidence, { limits, timing: this.definition.timing }, ledger, now);
    this.#found.adaptive.raise(limits, now);
    const isRaised = this.#resize(now);
    this.#move(state);
    if (isRaised) gate.pump();
    return observation;
  }

  /** The probe has been released. */
  ended(probe: number): void {
    this.#move(probed(this.#state, probe, { outcome: 'unknown' }, this.gate.clock.now(), this.#maxPauseMs));
  }

  /** Something has just been taken: says of which probe, if it was one. */
  claim(): number | undefined {
    this.note(this.capacity().takenAt);
    const begun = this.#begun;
    this.#begun = undefined;
    return begun;
  }

  /** Something has been taken, or charged. */
  note(now: number): void {
    const ledger = this.capacity().ledger;
    const { others, adaptive } = this.#found;
    others.note(ledger, now);
    if (adaptive.isEmpty) return;
    adaptive.note(ledger.definitions, (_, i) => ledger.taken(i, now));
    if (adaptive.raise(this.#controlled(now), now)) this.#resize(now);
  }

  /** The limits with the capacities that operators have set. */
  #controlled(now: number): readonly LimitDefinition[] {
    return this.control.limits(this.capacity().definitions, now);
  }

  /** The limits with the capacities that each of what may change them leaves, one after the other. */
  steps(now: number): readonly LoweringStep[] {
    const { control } = this;
    return capacitySteps(this.capacity().definitions, { control, found: this.#found }, now);
  }

  /** The limits with the capacities that are in force. */
  inForce(now: number): readonly LimitDefinition[] {
    return this.steps(now).at(-1)?.[1] ?? this.capacity().definitions;
  }

  /** Has the ledger count by the capacities that are in force. Says whether one is higher now. */
  #resize(now: number): boolean {
    const ledger = this.capacity().ledger;
    return ledger.resize(
      this.inForce(now).map(({ capacity }) => capacity),
      now,
    );
  }

  /** Why nothing starts, if so. */
  obstacle(): string | undefined {
    const suspension = this.control.pauseNews ?? this.#state.suspension;
    return suspension && whySuspended({ suspension }, this.gate.clock.now());
  }

  /** Why there is less of a limit than is defined, if so. */
  whyLess(key: string): string | undefined {
    const now = this.gate.clock.now();
    const { definitions } = this.capacity().ledger;
    const lowered = loweredLimits(definitions, this.steps(now));
    return whyLess(definitions, key, { lowered, guardMs: this.guardMs(now), definedGuardMs: this.#definedGuardMs });
  }

  /** Whether closing the set would forget that nothing may start. */
  get isSuspended(): boolean {
    return this.#state.suspension !== undefined;
  }

  /** Nothing before anything was observed. */
  stats(): ProviderStats | undefined {
    const now = this.gate.clock.now();
    return this.control.withPause(this.#heard(now), now);
  }

  #heard(now: number): ProviderStats | undefined {
    if (!this.#isHeard) return undefined;
    const guardMs = this.guardMs(now);
    return {
      ...this.#record.stats(this.#state),
      ...limitStats(this.capacity().definitions, this.#found.findings),
      ...(guardMs > this.#definedGuardMs && { guardMs }),
    };
  }

  #move(state: ProviderState): void {
    if (state === this.#state) return;
    const wasSuspended = this.#state.suspension !== undefined;
    this.#state = state;
    const { gate } = this;
    if (state.suspension !== undefined && !wasSuspended) tellSuspended(gate.name, state.suspension);
    if (state.suspension !== undefined && wasSuspended) gate.pump();
    else if (state.suspension !== undefined || wasSuspended) this.#follow();
  }

  /** Has the gate take from what there is now: nothing, while something is suspended. */
  #follow(): void {
    const capacity = this.capacity();
    const { suspension } = this.#state;
    const served = suspension === undefined ? capacity : new SuspendedCapacity(capacity, this.#opensAt, this.#begin);
    const isControlled = this.control.lastEnd > this.gate.clock.now();
    this.gate.follow(isControlled ? new ControlledCapacity(served, this.control, this.#update) : served);
  }

  /** Ends what operators have changed for a while only. */
  readonly #update = (now: number): void => {
    if (this.control.end(now)) this.#resize(now);
  };

  /** {@inheritDoc FoundLimits.guardMs} */
  guardMs(now: number): number {
    return this.#found.guardMs(this.definition, now);
  }

  get #definedGuardMs(): number {
    return this.definition.timing.guardMs;
  }

  readonly #opensAt = (now: number): number => opensAt(this.#state, now);

  readonly #begin = (now: number): void => {
    this.#state = probing(this.#state, now);
    this.#begun = this.#state.probes;
  };
}
