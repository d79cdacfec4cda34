import { randomUUID } from 'node:crypto';
import type { Backend, BackendStats, BackendOptions } from './backend';
import type { LeaseClient } from '../../acquire/client/lease-client';
import { LeaseSupply } from '../../acquire/client/lease-supply';
import type { Suspended } from '../../acquire/ports';
import type { SetDefinition } from '../../limiter/definition/definition';
import { tellLeaseLost, tellSuspended } from '../events/limit-events';
import { rejectionPush } from '../../limiter/protocol/wire';
import { clientOr } from '../link/environment';
import { ObstacleWatch } from '../link/obstacle-watch';
import { OpenBackend } from './open-backend';
import { processClient } from './process-client';
import { registerClient } from '../link/push-registry';
import { Reachability } from '../link/reachability';
import { TemporalLink } from '../link/temporal-link';

/** Who does not want to wait takes no answer for a no after this time. */
const ANSWER_MS = 5_000;

/** A set whose limiter is a workflow, shared by every process that names it. */
class TemporalBackend extends LeaseSupply implements Backend {
  readonly #link: TemporalLink;
  readonly #forget: () => void;

  /** @param forget Ends what has pushes reach the client: whatever is registered in the process stays for good otherwise. */
  constructor(client: LeaseClient, link: TemporalLink, forget: () => void) {
    const { reach } = link;
    super(client, reach.clock, { outage: () => reach.outage, answerMs: ANSWER_MS });
    this.#link = link;
    this.#forget = forget;
  }

  get obstacle(): string | undefined {
    return this.client.obstacle;
  }

  get lack(): string | undefined {
    return this.client.gate.lack;
  }

  get suspension(): Suspended | undefined {
    return this.client.suspension;
  }

  /** What is taken is remembered by the limiter. */
  get isIdle(): boolean {
    return this.numHeld === 0 && this.client.gate.size === 0;
  }

  async stats(): Promise<BackendStats> {
    // the answer includes what happened in this process
    await this.client.yield();
    const { limits, waiting, provider } = await this.#link.stats();
    if (provider === undefined) return { limits, waiting };
    return { limits, waiting, provider: { ...provider, ...this.client.provider.record.heard } };
  }

  runningDefinition(): Promise<SetDefinition | undefined> {
    return this.#link.runningDefinition();
  }

  yield(): Promise<void> {
    return this.client.yield();
  }

  async close(): Promise<void> {
    await this.client.close();
    this.#forget();
  }
}

/** The backend of a set in Temporal mode. */
export function createTemporalBackend(options: BackendOptions): Backend {
  const { name, definition, clock, client, onUnavailable } = options;
  const link = new TemporalLink(name, definition, clientOr(client), new Reachability(clock));
  let forget = (): void => undefined;
  const leaseClient = processClient({
    name,
    definition,
    link,
    clock,
    newId: randomUUID,
    newAnswerWatch: (waiting) =>
      new ObstacleWatch(waiting, link, clock, (message) => {
        process.emitWarning(message, 'LimitsWarning');
      }),
    onLease(id, hear) {
      forget();
      forget = registerClient(id, hear);
    },
    onSuspended: (suspension) => tellSuspended(name, suspension),
    onLost() {
      if (limited.numHeld > 0) tellLeaseLost(name);
    },
  });
  link.onMisfit = (detail) => {
    leaseClient.take(rejectionPush(leaseClient.id, 0, 'refused', definition, clock.now(), detail));
  };
  const limited = new TemporalBackend(leaseClient, link, () => {
    forget();
  });
  return onUnavailable === 'open' ? new OpenBackend(limited, link.reach) : limited;
}
