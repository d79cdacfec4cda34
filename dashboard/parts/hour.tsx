import type { JSX } from 'preact';
import type { LastHour } from '../../src/batch/dashboard/views';
import { count, duration, percent } from '../format';
import { Chart, type Line } from './chart';

/** More lines in one chart cannot be told from each other. */
const MOST_LINES = 6;

/** The last hour of a set, in charts. */
export function Hour({ hour }: { readonly hour: LastHour }): JSX.Element {
  const { at, shares, waiting, longestWaitMs, throttled } = hour;
  const lines: Line[] = shares
    .map(({ key, values }) => ({ name: key, values }))
    .toSorted((one, other) => Math.max(...other.values) - Math.max(...one.values))
    .slice(0, MOST_LINES);
  const left = shares.length - lines.length;
  return (
    <section class="panel" aria-labelledby="hour">
      <div class="panel-head">
        <h2 id="hour">Last hour</h2>
        {left > 0 && (
          <span class="muted">
            the {MOST_LINES} busiest limits, and {left} more
          </span>
        )}
      </div>
      <div class="charts">
        {lines.length > 0 && <Chart title="Used" at={at} lines={lines} format={percent} top={1} isWide />}
        <Chart title="Waiting" at={at} lines={[{ name: 'acquisitions', values: waiting }]} format={whole} top={1} />
        <Chart
          title="Longest wait"
          at={at}
          lines={[{ name: 'the oldest', values: longestWaitMs }]}
          format={duration}
          top={1_000}
        />
        <Chart
          title="Refused by the provider"
          at={at}
          lines={[{ name: 'requests', values: throttled }]}
          format={whole}
          top={1}
        />
      </div>
    </section>
  );
}

/** Half a call is none: a scale shows only whole ones. */
function whole(value: number): string {
  return Number.isInteger(value) ? count(value) : '';
}
