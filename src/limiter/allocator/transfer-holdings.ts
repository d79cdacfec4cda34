import type { ClientAccount } from './account/client-account';
import type { Sync } from '../protocol/wire';

/**
 * Has a client that came after one whose account is closed, and has to be redefined itself, hold what that one held. Its
 * own successor names only it: without this, nobody would take over what is in use, and it would be counted twice.
 */
export function transferHoldings(
  clients: Map<string, ClientAccount>,
  { client, replaces, queue, seq }: Sync,
  now: number,
): void {
  const before = replaces === undefined ? undefined : clients.get(replaces);
  if (before?.state.outdated !== true || clients.has(client)) return;
  const { state } = before;
  clients.delete(state.id);
  state.id = client;
  state.queue = queue;
  state.seq = seq;
  state.lastSeenAt = now;
  clients.set(client, before);
}
