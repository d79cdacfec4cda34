import type { Client } from '@temporalio/client';
import { LIMITER_WORKFLOW, limiterId } from '../../workflows/limiter/protocol';
import type { Why } from '../../limiter/control/why';
import { checkOptions } from '../../limiter/checks/options';
import { checkConnection } from '../link/connection-options';
import { clientOr } from '../link/environment';
import { openWorkflows } from '../link/open-workflows';
import type { SetAdmin } from './set-admin';
import { TemporalSetAdmin } from './temporal-set-admin';
import { waitedForBy } from './waiting-workflows';

/** A set whose limiter is running. */
export interface ListedSet {
  /** Name of the set. */
  readonly set: string;
  /** When the limiter's current run began. A limiter in use continues as new, which begins another run. ISO 8601. */
  readonly runStartedAt: string;
  /** The task queue of its hosts. */
  readonly taskQueue: string;
}

/** Selects the namespace. */
export interface LimitsAdminOptions {
  /** A Temporal client, with the data converter of the workers. @default one from the environment */
  readonly client?: Client;
}

const OPTIONS = new Set(['client']);
const LIMITER_PREFIX = limiterId('');

/**
 * Inspects and changes the limit sets of a namespace.
 *
 * @example
 * const admin = new LimitsAdmin();
 * console.log(await admin.list());
 * await admin.set('openai').setCapacity({ call_count: 250 }, { for: '2h', reason: 'the provider cut us to half' });
 */
export class LimitsAdmin {
  readonly #client: () => Promise<Client>;

  /** @throws {@link InvalidLimitError} for an option that is none, or a client that is none */
  constructor(options: LimitsAdminOptions = {}) {
    checkOptions('LimitsAdmin', options, OPTIONS);
    checkConnection(options);
    const { client } = options;
    this.#client = clientOr(client);
  }

  /** The sets whose limiters are running, by name. */
  async list(): Promise<readonly ListedSet[]> {
    const limiters = await openWorkflows(await this.#client(), LIMITER_WORKFLOW);
    return limiters
      .filter(({ workflowId }) => workflowId.startsWith(LIMITER_PREFIX))
      .map(({ workflowId, startTime, taskQueue }) => ({
        ...{ set: workflowId.slice(LIMITER_PREFIX.length), runStartedAt: startTime.toISOString(), taskQueue },
      }))
      .sort((a, b) => a.set.localeCompare(b.set));
  }

  /** One set, whether or not its limiter is running. */
  set(name: string): SetAdmin {
    return new TemporalSetAdmin(name, this.#client);
  }

  /**
   * Why a workflow waits: one entry for each set that it or one of its activities waits for. Empty if there is none.
   */
  async whyWorkflow(workflowId: string): Promise<readonly Why[]> {
    const sets = await this.list();
    const names = await waitedForBy(await this.#client(), workflowId, sets, (name) => this.set(name));
    return Promise.all(names.map((name) => this.set(name).why()));
  }
}
