import type { ChangeOutcome, ChangeRequest } from '../../limiter/control/change';
import type { Inspection } from '../../limiter/control/inspection';
import { LimiterUnavailableError } from '../../limiter/errors/limiter-errors';
import type { SelfKept } from '../backends/backend';
import { SetAdmin } from './set-admin';

/** Looks at a set that this process keeps, and steers it. */
export class MemorySetAdmin extends SetAdmin {
  constructor(
    set: string,
    readonly kept: () => SelfKept | undefined,
  ) {
    super(set);
  }

  /** @internal */
  protected look(): Promise<Omit<Inspection, 'set'>> {
    return Promise.resolve(this.#kept.inspect());
  }

  /** @internal */
  protected async change(request: ChangeRequest): Promise<ChangeOutcome> {
    return this.#kept.change(request);
  }

  get #kept(): SelfKept {
    const kept = this.kept();
    if (kept === undefined) throw new LimiterUnavailableError(this.set, 'this process does not keep it');
    return kept;
  }
}
