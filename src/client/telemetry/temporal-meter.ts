import type { MetricMeter } from '@temporalio/common';
import { subscribe } from '../events/limit-events';
import { INSTRUMENTS, type Attributes, type Sum } from './instruments';
import { Tally, type Series } from './tally';

/** How often the totals are written to a meter of Temporal. Unit: milliseconds. */
export const WRITE_MS = 5_000;

/**
 * Feeds a meter of Temporal's SDK. It cannot ask, so the totals are written to it every few seconds. Its exporter for
 * Prometheus takes no dots, and drops whatever has some.
 *
 * @returns A function that tells the rest and ends it.
 */
export function feedTemporal(meter: MetricMeter): () => void {
  const { name, description } = INSTRUMENTS.timeInQueue;
  // becomes part of the name, where the exporter is set up so
  const histogram = meter.createHistogram(withoutDots(name), 'float', 'seconds', description);
  const tally = new Tally((seconds, attributes) => {
    histogram.record(seconds, tags(attributes));
  });
  const writers = [...tally.sums].map(([instrument, series]) => {
    const write = writer(meter, instrument);
    return () => {
      for (const each of series.values()) write(each);
    };
  });
  const write = (): void => {
    for (const each of writers) each();
  };
  const unsubscribe = subscribe(tally.hear);
  const timer = setInterval(write, WRITE_MS).unref();
  return () => {
    clearInterval(timer);
    unsubscribe();
    write();
  };
}

function writer(meter: MetricMeter, instrument: Sum): (series: Series) => void {
  const { kind, unit, description } = instrument;
  const name = withoutDots(instrument.name);
  if (kind !== 'counter') {
    const gauge = meter.createGauge(name, 'float', unit, description);
    return ({ value, attributes }) => gauge.set(value, tags(attributes));
  }
  const counter = meter.createCounter(name, unit, description);
  const written = new WeakMap<Series, number>();
  return (series) => {
    const before = written.get(series) ?? 0;
    // it counts in whole numbers: the rest of a fraction goes with the next
    const more = Math.floor(series.value) - before;
    if (more <= 0) return;
    written.set(series, before + more);
    counter.add(more, tags(series.attributes));
  };
}

function withoutDots(name: string): string {
  return name.replaceAll('.', '_');
}

function tags(attributes: Attributes): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [withoutDots(name), value]));
}
