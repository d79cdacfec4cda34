import { subscribe } from '../events/limit-events';
import { INSTRUMENTS, WAIT_BUCKETS, type Attributes, type Sum } from './instruments';
import { Tally } from './tally';

/** What an observable instrument reports to, at a collection. */
interface MetricResult {
  observe(value: number, attributes?: Attributes): void;
}

type MetricCallback = (result: MetricResult) => void;

/** An instrument that is read when metrics are collected. */
interface ObservableMetric {
  addCallback(callback: MetricCallback): void;
  removeCallback(callback: MetricCallback): void;
}

/** What values of a distribution are recorded with. */
interface Recorder {
  record(value: number, attributes?: Attributes): void;
}

interface MetricOptions {
  unit?: string;
  description?: string;
  advice?: { explicitBucketBoundaries?: number[] };
}

/** The part of OpenTelemetry's `Meter` that is used. Any version of `@opentelemetry/api` from 1.7 has it. */
export interface OpenTelemetryMeter {
  /** For a distribution, such as of waits. */
  createHistogram(name: string, options?: MetricOptions): Recorder;
  /** For a sum that only grows. */
  createObservableCounter(name: string, options?: MetricOptions): ObservableMetric;
  /** For a value that is set. */
  createObservableGauge(name: string, options?: MetricOptions): ObservableMetric;
  /** For a sum that rises and falls. */
  createObservableUpDownCounter(name: string, options?: MetricOptions): ObservableMetric;
}

const CREATE = {
  counter: 'createObservableCounter',
  'up-down-counter': 'createObservableUpDownCounter',
  gauge: 'createObservableGauge',
} as const satisfies Record<Sum['kind'], keyof OpenTelemetryMeter>;

/**
 * Has a meter of OpenTelemetry read what has been added up whenever it collects.
 *
 * @returns A function that ends it.
 */
export function feedOpenTelemetry(meter: OpenTelemetryMeter): () => void {
  const { name, unit, description } = INSTRUMENTS.timeInQueue;
  const advice = { explicitBucketBoundaries: [...WAIT_BUCKETS] };
  const histogram = meter.createHistogram(name, { unit, description, advice });
  const tally = new Tally((seconds, attributes) => {
    histogram.record(seconds, attributes);
  });
  const ends = [...tally.sums].map(([instrument, series]) => {
    const { kind, name, unit, description } = instrument;
    const observable = meter[CREATE[kind]](name, { unit, description });
    const callback = (result: MetricResult): void => {
      for (const { value, attributes } of series.values()) result.observe(value, attributes);
    };
    observable.addCallback(callback);
    return () => observable.removeCallback(callback);
  });
  ends.push(subscribe(tally.hear));
  return () => {
    for (const end of ends) end();
  };
}
