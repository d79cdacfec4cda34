/**
 * How much of a quota is used where calls reserve more tokens than they turn out to use, in virtual time, with the real
 * limiter and the real clients. The provider counts what is reserved when a call arrives, and what it used when it replies.
 *
 * No sliding window can be used whole then: a call under way counts as reserved, and what it used counts for a window. The
 * column "can be" has the largest share of an even flow of calls, for a limiter that knows everything at once.
 *
 *   npx tsx bench/over-reserved.ts [file for the results]
 */
import { playOverReserved, type OverReserved } from '../simulator/loads/over-reserved';
import { report } from './support/report';

const ALGORITHMS = ['TokenBucket', 'SlidingWindow', 'FixedWindow'] as const;

/** Tokens a minute, reserved and used by a call; what a call takes on average; processes, and workers of each. */
const LOADS: readonly Omit<OverReserved, 'algorithm'>[] = [
  { capacity: 20_000, reserved: 4_096, used: 200, callMs: 1_000, processes: 16, workersEach: 1 },
  { capacity: 20_000, reserved: 4_096, used: 200, callMs: 300, processes: 16, workersEach: 1 },
  { capacity: 20_000, reserved: 1_000, used: 200, callMs: 1_000, processes: 16, workersEach: 1 },
  { capacity: 200_000, reserved: 4_096, used: 200, callMs: 1_000, processes: 16, workersEach: 4 },
  { capacity: 200_000, reserved: 4_096, used: 200, callMs: 1_000, processes: 1, workersEach: 64 },
  { capacity: 200_000, reserved: 4_096, used: 2_000, callMs: 1_000, processes: 16, workersEach: 4 },
  { capacity: 900_000, reserved: 4_096, used: 2_000, callMs: 1_000, processes: 16, workersEach: 1 },
  { capacity: 900_000, reserved: 4_096, used: 2_000, callMs: 1_000, processes: 4, workersEach: 4 },
];

async function main(): Promise<void> {
  const outcomes: object[] = [];
  const rows: string[][] = [];
  for (const algorithm of ALGORITHMS)
    for (const load of LOADS) {
      const outcome = await playOverReserved({ ...load, algorithm });
      outcomes.push({ algorithm, ...load, ...outcome });
      const { capacity, reserved, used, callMs, processes, workersEach } = load;
      rows.push([
        ...[algorithm, ...[capacity, reserved, used].map((count) => count.toLocaleString('en')), `${callMs} ms`],
        ...[`${processes} × ${workersEach}`, percent(outcome.share), percent(outcome.possible)],
        ...[String(outcome.refused), outcome.messages.toLocaleString('en')],
      ]);
    }
  const columns = ['', 'tokens a minute', 'reserved', 'used', 'a call', 'workers'];
  const results = ['of the quota', 'can be', 'refused', 'messages per 1,000 calls'];
  report(
    'over-reserved',
    [{ title: 'quota used by calls that reserve too much', columns: [...columns, ...results], rows }],
    outcomes,
    process.argv[2],
  );
}

/** A bucket that is left emptier than it was gives more than its quota of that time. */
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

void main();
