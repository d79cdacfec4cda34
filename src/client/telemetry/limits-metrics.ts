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
 * Counts from now on what happens to the limits of this process: requests, waits, permits, units and providers'
 * answers. It covers sets in both modes, but not acquisitions in workflow code. Until you call it, metrics cost
 * nothing.
 *
 * @returns A function that stops it.
 * @throws {@link InvalidLimitError} if the meter is not one
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
