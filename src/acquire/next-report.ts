import { pacingOf } from '../limiter/pacing';
import type { News } from '../limiter/told';
import type { ClientLease } from './client-lease';

/** When a client writes again that has told all that is urgent: to be remembered, or because something has happened. */
export function nextReportAt(lease: ClientLease, news: News, isWaiting: boolean, lastSyncAt: number): number {
  const renewal = lease.holdsAnything || isWaiting ? lastSyncAt + lease.renewalMs : Infinity;
  const { soonMs, laterMs } = pacingOf(lease.definition);
  const report = news === 'none' ? Infinity : lastSyncAt + (news === 'soon' ? soonMs : laterMs);
  return Math.min(renewal, report);
}
