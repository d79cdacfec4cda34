/** What a metric counts by. Never by a customer: the sets of a template are one. */
export type Attributes = Readonly<Record<string, string>>;

/** `counter` only grows, `up-down-counter` rises and falls, `gauge` is set, `histogram` has a distribution. */
type InstrumentKind = 'counter' | 'up-down-counter' | 'gauge' | 'histogram';

/** One metric of limits, named as OpenTelemetry's conventions have it. */
interface Instrument<Kind extends InstrumentKind = InstrumentKind> {
  readonly name: string;
  readonly kind: Kind;
  /** In UCUM. */
  readonly unit: string;
  readonly description: string;
}

/** An instrument that is added up, and read at each collection. */
export type Sum = Instrument<Exclude<InstrumentKind, 'histogram'>>;

function instrument<Kind extends InstrumentKind>(
  name: string,
  kind: Kind,
  unit: string,
  description: string,
): Instrument<Kind> {
  return { name: `temporal_limits.${name}`, kind, unit, description };
}

/** Every metric. docs/guide/metrics.md has the same list. */
export const INSTRUMENTS = {
  requests: instrument('acquire.requests', 'counter', '{request}', 'Requests that were served, refused or given up.'),
  timeInQueue: instrument('acquire.time_in_queue', 'histogram', 's', 'Wait time of requests that had to wait.'),
  queued: instrument('queued_requests', 'up-down-counter', '{request}', 'Waiting requests in this process.'),
  permits: instrument('permits.in_use', 'up-down-counter', '{permit}', 'Permits that this process holds.'),
  units: instrument('units', 'counter', '{unit}', 'Units of rate and call limits that were used, as of the release.'),
  capacity: instrument('capacity', 'gauge', '{unit}', 'Units per window, or permits, as defined.'),
  responses: instrument('provider.responses', 'counter', '{response}', 'Observed answers of the provider.'),
  pauses: instrument('pauses', 'counter', '{pause}', 'How often the provider or an operator stopped the set.'),
  leasesLost: instrument('leases_lost', 'counter', '{lease}', 'Leases that ended while acquisitions held something.'),
} as const;

/** Bounds of the buckets of `time_in_queue`: from no wait worth mentioning to one of ten minutes. Unit: seconds. */
export const WAIT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
