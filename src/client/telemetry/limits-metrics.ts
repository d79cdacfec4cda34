import type { MetricMeter } from '@temporalio/common';
import { checkFunction } from '../../limiter/checks/option-values';
import { checkOptions } from '../../limiter/checks/options';
import { feedOpenTelemetry, type OpenTelemetryMeter } from './open-telemetry-meter';
import { feedTemporal } from './temporal-meter';

/** Options of {@link limitsMetrics}. */
export interface LimitsMetricsOptions {
  /**
   * Where the metrics go: a meter of OpenTelemetry, as `metrics.getMeter('temporal-limits')`, or that of Temporal's
   * runtime, `Runtime.instance().metricMeter`.
   */
  readonly meter: OpenTelemetryMeter | MetricMeter;
}

const OPTIONS = new Set(['meter']);

/**
 * Counts what happens to the limits of this process from now on: requests, waits, permits, units, and what providers
 * answer. The sets of the process count in both modes; what workflow code acquires does not. Until it is called, metrics
 * cost nothing.
 *
 * @returns A function that ends it.
 * @throws {@link InvalidLimitError} if the meter is none
 *
 * @example
 * limitsMetrics({ meter: metrics.getMeter('temporal-limits') }); // `metrics` of @opentelemetry/api
 */
export function limitsMetrics(options: LimitsMetricsOptions): () => void {
  checkOptions('limitsMetrics', options, OPTIONS);
  const { meter } = options;
  checkFunction('meter.createHistogram', (meter as Partial<typeof meter> | undefined)?.createHistogram);
  return 'createObservableCounter' in meter ? feedOpenTelemetry(meter) : feedTemporal(meter);
}
