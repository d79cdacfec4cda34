import { mostAtOnce } from '../../test/support/occupancy';
import { quantile } from '../support/rounds';
import { type Seen } from './clients';

/** What all clients together saw in a minute. Unit of all times: milliseconds. */
export interface Minute {
  readonly acquisitions: number;
  readonly seconds: number;
  readonly waitMs: string;
  readonly longestPauseMs: number;
  readonly mostInUse: number;
  readonly shareInUse: number;
  readonly signals: number;
  readonly signalMs: string;
  readonly failedAcquisitions: number;
}

export function minuteOf({ acquisitions, syncMs, faults }: Seen, permits: number, seconds: number): Minute {
  const held = acquisitions.map(([, from, to]): [number, number] => [from, to]);
  const failed = Object.entries(faults).filter(([what]) => what.startsWith('Acquire'));
  return {
    acquisitions: acquisitions.length,
    seconds,
    waitMs: spread(acquisitions.map(([asked, from]) => from - asked)),
    longestPauseMs: longestPause(held.map(([from]) => from)),
    mostInUse: mostAtOnce(held),
    shareInUse: held.reduce((sum, [from, to]) => sum + to - from, 0) / (permits * seconds * 1_000),
    signals: syncMs.length,
    signalMs: spread(syncMs, 0.5, 0.99),
    failedAcquisitions: failed.reduce((sum, [, times]) => sum + times, 0),
  };
}

/** As a row of a table. */
export function rowOf(minute: Minute): string[] {
  return [
    (minute.acquisitions / minute.seconds).toFixed(0),
    minute.waitMs,
    minute.longestPauseMs.toFixed(0),
    `${(100 * minute.shareInUse).toFixed(0)}, most ${minute.mostInUse}`,
    (minute.signals / minute.seconds).toFixed(0),
    minute.signalMs,
  ];
}

/** What went wrong, and how often. */
export function faultsOf({ faults }: Seen): string {
  return Object.entries(faults)
    .map(([what, times]) => `${times} × ${what}`)
    .join(', ');
}

/** For how long nobody was granted anything. */
function longestPause(grantedAt: readonly number[]): number {
  const sorted = grantedAt.toSorted((a, b) => a - b);
  return sorted.reduce((longest, at, i) => Math.max(longest, at - (sorted[i - 1] ?? at)), 0);
}

/** Unless asked for other shares, median, 99th percentile and the most. */
export function spread(times: readonly number[], ...shares: number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  return (shares.length > 0 ? shares : [0.5, 0.99, 1]).map((share) => quantile(sorted, share).toFixed(0)).join(' / ');
}
