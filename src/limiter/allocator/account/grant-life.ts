import type { ClientState } from './client-state';
import type { SetDefinition } from '../../definition/definition';
import { pacingOf } from '../../protocol/pacing';

/** Most times that the life of a client's grants is doubled. */
const MOST_DOUBLINGS = 4;

/**
 * For how long a grant to this client may be started: longer where messages take long, as on a machine that has too much
 * to do, but no longer than a lease.
 */
export function grantLife({ doublings = 0 }: ClientState, definition: SetDefinition): number {
  const { lifeMs } = pacingOf(definition);
  return Math.max(lifeMs, Math.min(lifeMs * 2 ** doublings, definition.timing.leaseMs));
}

/**
 * Learns from the grants that a client confirms how long the next ones have to live. One that was over before it was
 * heard of was in vain, and so would the next be: lives are doubled then, as TCP doubles its timeout (RFC 6298), and
 * halved again when a quarter of them would have done.
 *
 * @param seen number of the newest grant that is confirmed now
 * @param isUnused whether units have come back with the confirmation
 */
export function learnLife(state: ClientState, seen: number, isUnused: boolean, now: number): void {
  const { doublings = 0, firstGrant, grants, seenGrants } = state;
  const confirmed = grants.slice(seenGrants - firstGrant + 1, seen - firstGrant + 1);
  if (confirmed.length === 0) return;
  const isOver = confirmed.some(({ notAfter }) => notAfter < now);
  const isEarly = confirmed.every(({ notBefore, notAfter }) => now - notBefore < (notAfter - notBefore) / 4);
  if (isOver && isUnused) state.doublings = Math.min(doublings + 1, MOST_DOUBLINGS);
  else if (isEarly && doublings > 0) state.doublings = doublings - 1;
}
