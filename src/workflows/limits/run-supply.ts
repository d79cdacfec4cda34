import { setHandler, uuid4 } from '@temporalio/workflow';
import type { Holding, WaitOptions } from '../../acquire/ports';
import { LeaseClient } from '../../acquire/client/lease-client';
import { LeaseSupply } from '../../acquire/client/lease-supply';
import { sameDefinition, type SetDefinition } from '../../limiter/definition/definition';
import { definitionDifferences } from '../../limiter/definition/definition-differences';
import { DefinitionConflictError } from '../../limiter/errors/definition-errors';
import type { Request } from '../../limiter/request/request';
import { RunLease } from '../../limiter/lease/run-lease';
import { cancellationSignal } from '../support/cancellation';
import { pushSignal } from '../limiter/protocol';
import { RunFlow, RunLink } from './run-link';
import { runTimer } from '../support/timers';

/** The clients of this run. A push is for one of them, or for a lease that is over. */
const clients = new Set<LeaseClient>();

/** What a workflow run acquires from: a lease of its own, of which its limiter hears by signals. */
class RunSupply extends LeaseSupply {
  /** How long the last one that passed had waited. Unit: milliseconds. */
  #lastWaitMs = 0;

  override takeNow(request: Request, priority: number): Holding | undefined {
    // `take` says why, once the last report has arrived
    if (this.client.fatal !== undefined) return undefined;
    const holding = super.takeNow(request, priority);
    if (holding !== undefined) this.#lastWaitMs = 0;
    return holding;
  }

  override async take(request: Request, options: WaitOptions, refuse?: () => void): Promise<Holding> {
    const since = this.clock.now();
    try {
      return await super.take(request, options, refuse);
    } catch (error) {
      // the workflow may end with this error: what waits at the limiter for a run that is closed holds up others
      await this.way.told?.();
      throw error;
    } finally {
      this.#lastWaitMs = this.clock.now() - since;
    }
  }

  /** By what this run knows: how many of it wait, and how long the last one did. What others do it cannot see. */
  override expectedWaitMs(): number {
    return this.client.gate.size * Math.max(1, this.#lastWaitMs);
  }
}

/** Made at the first use: a set that is only looked at costs no event. */
export class SupplyHandle {
  #supply: RunSupply | undefined;

  constructor(
    readonly name: string,
    readonly definition: SetDefinition,
  ) {}

  get supply(): LeaseSupply {
    this.#supply ??= openSupply(this.name, this.definition);
    return this.#supply;
  }
}

/** By name and version; the sandbox has modules of its own for each run. */
const handles = new Map<string, SupplyHandle>();

/**
 * What all sets of this name in this run acquire from.
 *
 * @throws DefinitionConflictError if the name already stands for other limits here
 */
export function sharedSupply(name: string, definition: SetDefinition): SupplyHandle {
  const id = JSON.stringify([name, definition.version]);
  const handle = handles.get(id) ?? new SupplyHandle(name, definition);
  if (!sameDefinition(handle.definition, definition)) {
    throw new DefinitionConflictError(name, definitionDifferences(definition, handle.definition));
  }
  handles.set(id, handle);
  return handle;
}

function openSupply(name: string, definition: SetDefinition): RunSupply {
  setHandler(pushSignal, (push) => {
    for (const client of clients) client.take(push);
  });
  const link = new RunLink(name, definition);
  let flow: RunFlow | undefined;
  const client = new LeaseClient({
    name,
    definition,
    link,
    clock: runTimer,
    newId: () => uuid4(),
    newLease: (running, identity, inUse) => new RunLease(running, identity, inUse),
    newFlow: (source) => (flow = new RunFlow(source, link)),
    newController: () => new AbortController(),
    present: () => ({ now: Date.now(), parseDate: Date.parse }),
  });
  clients.add(client);
  return new RunSupply(client, runTimer, { told: () => flow?.told(), outage: cancellationSignal });
}
