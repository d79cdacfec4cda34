import type { InspectedSet } from './inspect';
import type { ClientAccount } from './account/client-account';
import type { Books, Standing } from './account/landing';
import { changedCapacities, type ChangeOutcome, type ChangeRequest } from '../control/change';
import { capacitySteps } from '../control/capacity-steps';
import type { Summarised } from '../control/summary';
import { OperatorControl } from '../control/operator-control';
import { describeValue } from '../errors/describe-value';
import { InvalidChangeError } from '../errors/limiter-errors';
import { loweredLimits, type LoweredLimit, type LoweringStep } from '../feedback/lowered-limits';
import { loweredRow } from '../protocol/codec';
import type { LimitDefinition, SetDefinition } from '../definition/definition';
import type { ProviderStats } from '../feedback/provider-record';
import { revisable } from '../algorithms/algorithms';
import { Ledger } from '../ledger/ledger';
import type { Feedback, Push } from '../protocol/wire';
import { ProviderWatch } from './provider-watch';
import type { AllocatorSnapshot } from './snapshot/snapshot';

/** What a client is to know besides its lease. */
type PushNews = Pick<Push, 'provider' | 'guardMs' | 'lowered'>;

/** Under which conditions a set is served beyond its definition: what operators have changed, then what its provider says. */
export class Conditions {
  readonly #provider: ProviderWatch;
  readonly #control: OperatorControl;

  constructor({ provider, control }: Pick<AllocatorSnapshot, 'provider' | 'control'> = {}) {
    this.#provider = new ProviderWatch(provider);
    this.#control = new OperatorControl(control);
  }

  get snapshot(): Pick<AllocatorSnapshot, 'provider' | 'control'> {
    const [provider, control] = [this.#provider.snapshot, this.#control.snapshot];
    return { ...(provider !== undefined && { provider }), ...(control !== undefined && { control }) };
  }

  /** Throttles that were observed, in all. */
  get throttled(): number {
    return this.#provider.throttled;
  }

  /** The definition with the guard and the capacities that count at a moment. */
  inForce(definition: SetDefinition, now: number): SetDefinition {
    const inForce = this.#provider.inForce(this.#controlled(definition, now), now);
    const limits = this.#control.capped(inForce.limits, now);
    return limits === inForce.limits ? inForce : { ...inForce, limits };
  }

  /** What units are counted in at a moment, of a set that is defined so. */
  books({ definition, ledger, now }: Standing): Books {
    return {
      definition: this.inForce(definition, now),
      ledger,
      now,
      guards: this.#provider.found.guards(definition),
      trustsAnswers: this.#provider.found.trustsAnswers(definition, now),
    };
  }

  /** Has a ledger count by the capacities that count at a moment, and says what they are. */
  resize(ledger: Ledger, definition: SetDefinition, now: number): SetDefinition {
    const inForce = this.inForce(definition, now);
    ledger.resize(
      inForce.limits.map(({ capacity }) => capacity),
      now,
    );
    return inForce;
  }

  /** @throws InvalidChangeError naming what is wrong with what claims to be a request */
  check(
    request: unknown,
    { limits }: SetDefinition,
    now: number,
    clients: Pick<ReadonlyMap<string, unknown>, 'has'>,
  ): void {
    const { action, client = '' } = this.#control.check(request, limits, now);
    if (action === 'forget' && !clients.has(client))
      throw new InvalidChangeError(
        `client: no client has the id ${describeValue(client)}. An inspection lists the clients`,
      );
  }

  /** Makes a change that was checked. */
  change(request: ChangeRequest, definition: SetDefinition, now: number): ChangeOutcome {
    const { limits } = this.inForce(definition, now);
    const outcome = this.#control.change(request, now);
    return { ...outcome, capacities: changedCapacities(limits, this.inForce(definition, now).limits) };
  }

  /** Ends what was to end by now, and raises what is due. Says whether an operator's change has ended. */
  update(definition: SetDefinition, now: number): boolean {
    const hasEnded = this.#control.end(now);
    this.#provider.raise(this.#controlled(definition, now), now);
    return hasEnded;
  }

  /** Takes over what a client has observed since it was heard last. */
  hear(account: ClientAccount, feedback: Feedback, accounts: Iterable<ClientAccount>, books: Standing): void {
    const definition = this.#controlled(books.definition, books.now);
    this.#provider.hear(account, feedback, accounts, { ...books, definition });
  }

  /** Notes what is free, after all has been granted that is granted now. */
  note(books: Standing, accounts: readonly ClientAccount[]): void {
    this.#provider.note(books, accounts);
  }

  /** Chooses whose request tries a provider first that was suspended. Says when to be called again. */
  advance(standing: Standing, accounts: readonly ClientAccount[], leadMs: number): number {
    const probeAt = this.#control.isPaused ? Infinity : this.#provider.advance(standing, accounts, leadMs);
    return Math.min(probeAt, this.#control.nextEnd);
  }

  /** Until when something is to be remembered, as far as that is known; `Infinity` as long as an operator has not ended it. */
  get lastEnd(): number {
    return Math.max(this.#provider.suspendedUntil, this.#control.lastEnd);
  }

  /** Whether a client may start anything. */
  readonly mayStart = (account: ClientAccount): boolean => !this.#control.isPaused && this.#provider.mayStart(account);

  /** Whether a client is to try with one request while the others wait for what becomes of that. */
  readonly isProbing = (account: ClientAccount): boolean =>
    !this.#control.isPaused && this.#provider.isProbing(account);

  /** What a client is to know. */
  newsFor(account: ClientAccount, definition: SetDefinition, now: number): PushNews {
    const lowered = this.#lowered(definition.limits, now);
    const news = {
      ...this.#provider.newsFor(account, definition, now),
      ...(lowered.length > 0 && { lowered: lowered.map(loweredRow) }),
    };
    const pause = this.#control.pauseNews;
    return pause === undefined ? news : { ...news, provider: pause };
  }

  /** What is known of the provider, with an operator's pause; nothing before there was anything. */
  stats(definition: SetDefinition, now: number): ProviderStats | undefined {
    return this.#control.withPause(this.#provider.stats(this.#controlled(definition, now), now), now);
  }

  /** What an inspection shows of them. */
  look(
    definition: SetDefinition,
    books: Ledger,
    now: number,
  ): Omit<InspectedSet, 'accounts' | 'turnedAway' | 'history'> {
    const ledger = new Ledger(definition.limits, now, books.snapshot(), revisable);
    this.resize(ledger, definition, now);
    return {
      definition,
      ledger,
      steps: this.#steps(definition.limits, now),
      inForce: this.inForce(definition, now),
      control: this.#control.at(now),
      provider: this.stats(definition, now),
    };
  }

  /** What a short description says of them. */
  summarise(
    definition: SetDefinition,
    now: number,
  ): Pick<Summarised, 'definition' | 'inForce' | 'control' | 'suspension'> {
    const { limits: inForce } = this.inForce(definition, now);
    return { definition, inForce, control: this.#control.at(now), suspension: this.#provider.suspension };
  }

  /** Of which limits less counts than is defined, and why. */
  #lowered(limits: readonly LimitDefinition[], now: number): readonly LoweredLimit[] {
    return loweredLimits(limits, this.#steps(limits, now));
  }

  #steps(limits: readonly LimitDefinition[], now: number): readonly LoweringStep[] {
    const { found } = this.#provider;
    return capacitySteps(limits, { control: this.#control, found }, now);
  }

  /** With the capacities that operators have set. */
  #controlled(definition: SetDefinition, now: number): SetDefinition {
    const limits = this.#control.limits(definition.limits, now);
    return limits === definition.limits ? definition : { ...definition, limits };
  }
}
