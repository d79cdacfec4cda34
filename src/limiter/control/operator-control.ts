import type { LimitDefinition } from '../definition/definition';
import { InvalidChangeError } from '../errors/limiter-errors';
import type { ProviderStats } from '../feedback/provider-record';
import type { Suspension } from '../feedback/provider-state';
import { changed, changeFault, type ChangeRequest } from './change';
import { cappedLimits, controlledLimits, inForceAt, lastEnd, nextEnd, UNCHANGED, type Control } from './control';

/** A moment that does not come, as a number that travels. */
const NEVER = Number.MAX_SAFE_INTEGER;

/** What operators have changed of one set, and what follows from it now. */
export class OperatorControl {
  #control: Control;

  constructor(control = UNCHANGED) {
    this.#control = control;
  }

  /** Nothing until an operator changes something. */
  get snapshot(): Control | undefined {
    return this.#control.revision === 0 ? undefined : this.#control;
  }

  /** What is in force at a moment. */
  at(now: number): Control {
    return inForceAt(this.#control, now);
  }

  /** The limits with the capacities that operators have set; themselves where none has. */
  limits(limits: readonly LimitDefinition[], now: number): readonly LimitDefinition[] {
    return controlledLimits(limits, this.at(now));
  }

  /** The same, of which no adaptive one has more than an operator has allowed. */
  capped(limits: readonly LimitDefinition[], now: number): readonly LimitDefinition[] {
    return cappedLimits(limits, this.at(now));
  }

  /** @throws InvalidChangeError naming what is wrong with what claims to be a request */
  check(request: unknown, limits: readonly LimitDefinition[], now: number): ChangeRequest {
    const fault = changeFault(request, limits, this.at(now), now);
    if (fault !== undefined) throw new InvalidChangeError(fault);
    return request as ChangeRequest;
  }

  /** Makes a change that was checked. Says what is in force before and after it. */
  change(request: ChangeRequest, now: number): { readonly before: Control; readonly after: Control } {
    const before = this.at(now);
    this.#control = changed(before, request, now);
    return { before, after: this.#control };
  }

  /** Ends what was to end by now; says whether anything has. */
  end(now: number): boolean {
    const before = this.#control;
    this.#control = this.at(now);
    return this.#control !== before;
  }

  /** When the first of the changes in force ends by itself; `Infinity` if none does. */
  get nextEnd(): number {
    return nextEnd(this.#control);
  }

  /** When the last of the changes in force has ended by itself; `-Infinity` if none is in force. */
  get lastEnd(): number {
    return lastEnd(this.#control);
  }

  get isPaused(): boolean {
    return this.#control.pause !== undefined;
  }

  /** An operator's pause, as the reason for which nothing starts. */
  get pauseNews(): Omit<Suspension, 'probe'> | undefined {
    const { pause } = this.#control;
    if (pause === undefined) return undefined;
    const { until = NEVER, reason } = pause;
    return { kind: 'PAUSED', cause: 'operator', until, ...(reason !== '' && { reason }) };
  }

  /** What is known of the provider, with an operator's pause as what keeps the set from it. */
  withPause(provider: ProviderStats | undefined, now: number): ProviderStats | undefined {
    const { pause } = this.at(now);
    if (pause === undefined) return provider;
    const { until: _asked, ...known } = provider ?? { answered: 0, throttled: 0, failed: 0, ignored: 0, seen: [] };
    return { ...known, state: 'PAUSED', cause: 'operator', ...(pause.until !== undefined && { until: pause.until }) };
  }
}
