import type { Client } from '@temporalio/client';
import { LimitsAdmin } from '../../client/admin/limits-admin';
import type { DashboardSource } from './dashboard-data';

/** A server that is there answers sooner. Unit: milliseconds. */
const PING_MS = 2_000;
/** A list that takes longer does not come any more: a server may hang. Unit: milliseconds. */
const LIST_MS = 5_000;

/** What a namespace has, of which nothing is waited for without an end. */
export function temporalSource(client: Client): DashboardSource {
  const admin = new LimitsAdmin({ client });
  const within = <T>(ms: number, ask: () => Promise<T>): Promise<T> => client.withDeadline(Date.now() + ms, ask);
  return {
    admin: {
      list: () => within(LIST_MS, () => admin.list()),
      whyWorkflow: (id) => within(LIST_MS, () => admin.whyWorkflow(id)),
      // each of its questions has an end of its own
      set: (name) => admin.set(name),
    },
    ping: () => within(PING_MS, () => client.workflowService.getSystemInfo({})),
  };
}
