import { PROMPT_MS } from '../../protocol/pacing';
import type { UnitState } from './client-state';

/** Most times that the life of a client's grants is doubled. */
const MOST_DOUBLINGS = 4;

/**
 * For how long a grant to this client may be started: longer where messages take long, as on a machine that has too much
 * to do, but no longer than a lease.
 */
export function grantLife({ doublings }: UnitState, lifeMs: number, leaseMs: number): number {
  return Math.max(lifeMs, Math.min(lifeMs * 2 ** doublings, leaseMs));
}

/**
 * How often lives are doubled before anything is known of a client. Until its first answer arrives it knows the limiter's
 * clock only as well as that exchange was quick, and cannot use a grant that may be over by then.
 *
 * @param lateMs how long the limiter waited for its first task; the answer to what it finds there waits as long
 */
export function firstDoublings(lateMs: number, lifeMs: number): number {
  const doublings = lateMs <= PROMPT_MS ? 0 : Math.ceil(Math.log2(1 + (2 * lateMs) / lifeMs));
  return Math.min(doublings, MOST_DOUBLINGS);
}

/**
 * Learns from the grants that a client confirms how long the next ones have to live. One that was over before it was
 * heard of was in vain, and so would the next be: lives are doubled then, as TCP doubles its timeout (RFC 6298), and
 * halved again when a quarter of them would have done.
 *
 * @param seen number of the newest grant that is confirmed now
 * @param isUnused whether units have come back with the confirmation
 */
export function learnLife(units: UnitState, seen: number, isUnused: boolean, now: number): void {
  const { doublings, firstGrant, grants, seenGrants } = units;
  const confirmed = grants.slice(seenGrants - firstGrant + 1, seen - firstGrant + 1);
  if (confirmed.length === 0) return;
  const isOver = confirmed.some(({ notAfter }) => notAfter < now);
  const isEarly = confirmed.every(({ notBefore, notAfter }) => now - notBefore < (notAfter - notBefore) / 4);
  if (isOver && isUnused) units.doublings = Math.min(doublings + 1, MOST_DOUBLINGS);
  else if (isEarly && doublings > 0) units.doublings = doublings - 1;
}
