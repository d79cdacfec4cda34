import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';

/** Metrics of OpenTelemetry's SDK, read when a test asks. */
export class TestReader extends MetricReader {
  readonly #provider = new MeterProvider({ readers: [this] });
  readonly meter = this.#provider.getMeter('temporal-limits');

  /** All series, by metric and then by the values of their attributes; of a histogram, how many were recorded. */
  async read(): Promise<Record<string, Record<string, number>>> {
    const { resourceMetrics } = await this.collect();
    const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
    return Object.fromEntries(
      metrics.map(({ descriptor, dataPoints }) => [
        descriptor.name.replace('temporal_limits.', ''),
        Object.fromEntries(
          dataPoints.map(({ attributes, value }) => [
            Object.values(attributes).join(' '),
            typeof value === 'number' ? value : (value as { readonly count: number }).count,
          ]),
        ),
      ]),
    );
  }

  /** Everything that is exported, as text. */
  async text(): Promise<string> {
    return JSON.stringify(await this.collect());
  }

  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}
