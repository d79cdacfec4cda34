import { type LimiterStats } from '../../workflows/limiter/protocol';
import { type BatchSet } from '../config/config';
import { type Forecaster } from './forecast';
import { type Progress } from './progress';
import { type QuotaUse, type SetProgress } from './progress-snapshot';
import { faultsText, suspensionText } from './provider-text';
import { type ConnectionMonitor } from './connection-monitor';
import { type ResultCounts } from './result-counts';
import { type SetWork, type Work } from '../worker/work-counters';

const EVERY_MS = 1_000;
/** A query costs a busy limiter a workflow task. Unit: ticks. */
const QUERY_EVERY = 3;

export interface MonitorOptions {
  readonly sets: readonly BatchSet[];
  readonly total: number;
  /** Whether each item that was through before was answered. */
  readonly before: readonly boolean[];
  readonly tally: ResultCounts;
  readonly forecaster: Forecaster;
  readonly progress: Progress;
  readonly work: () => Work;
  readonly queryLimiters: () => Promise<Map<string, LimiterStats>>;
  /** Whether the batch is paused. Never rejects. */
  readonly isPaused: () => Promise<boolean>;
  readonly connection: ConnectionMonitor;
  /** Aborts when the batch is to end early. */
  readonly signal: AbortSignal;
}

/** Shows once a second how far a batch is, until it is stopped. */
export function monitor(options: MonitorOptions): () => void {
  const { sets, tally, forecaster, signal } = options;
  const begunAt = performance.now();
  let limiters = new Map<string, LimiterStats>();
  let isPaused = false;
  let ticks = 0;
  const doneBefore = options.before.length;
  const failedBefore = options.before.filter((ok) => !ok).length;

  const look = (): void => {
    void options.queryLimiters().then((found) => (limiters = found));
    void options.isPaused().then((answer) => (isPaused = answer));
  };
  const show = (): void => {
    const work = options.work();
    const all = Object.values(work);
    const shown = sets.map((set) => progressOf(set, work[set.name], limiters.get(set.name)));
    const errors = all.flatMap(({ lastError }) => lastError ?? []).sort((a, b) => b.at - a.at);
    const elapsedSeconds = (performance.now() - begunAt) / 1000;
    forecaster.note(elapsedSeconds, tally.done);
    const trouble = signal.aborted ? ENDING : (options.connection.text ?? (isPaused ? 'paused' : whyNothing(shown)));
    options.progress.update({
      done: doneBefore + tally.done,
      failed: failedBefore + tally.failed,
      total: options.total,
      retries: all.reduce((sum, { retries }) => sum + retries, 0),
      lastError: errors[0]?.type,
      trouble,
      elapsedSeconds,
      rest: forecaster.rest,
      sets: shown,
    });
  };
  const timer = setInterval(() => {
    ticks += 1;
    void options.connection.ping();
    if (ticks % QUERY_EVERY === 0) look();
    show();
  }, EVERY_MS);
  signal.addEventListener('abort', show);
  look();
  show();
  return () => {
    clearInterval(timer);
    signal.removeEventListener('abort', show);
    show();
    options.progress.stop();
  };
}

const ENDING = 'stopping; press Ctrl-C again to stop at once';

/** Why no item is at work, or waits to be, though some are left; nothing if there are some. */
function whyNothing(sets: readonly SetProgress[]): string | undefined {
  if (sets.every(({ suspension }) => suspension !== undefined)) return 'no set is served';
  const isTriedAgain = sets.some(({ faults }) => faults !== undefined);
  const isIdle = sets.every(({ inFlight, waiting }) => inFlight + waiting === 0);
  return isIdle && isTriedAgain ? 'waiting for the next attempts' : undefined;
}

function progressOf(set: BatchSet, work: SetWork | undefined, limiter: LimiterStats | undefined): SetProgress {
  const { active = 0, waiting = 0, faults = {} } = work ?? {};
  return {
    name: set.name,
    inFlight: active,
    waiting,
    faults: faultsText(faults),
    suspension: suspensionText(limiter?.provider, Date.now()),
    quotas: usesOf(set, active, limiter),
  };
}

/** Permits are those of the items at work, so that both numbers are of one moment; the rest is what the limiter said last. */
function usesOf({ limits }: BatchSet, active: number, limiter: LimiterStats | undefined): QuotaUse[] {
  const permits = limits.flatMap((limit) =>
    limit.kind === 'resource' ? [{ key: limit.key, share: Math.min(1, active / limit.capacity) }] : [],
  );
  const known = new Set(permits.map(({ key }) => key));
  const units = Object.entries(limiter?.limits ?? {}).flatMap(([key, { utilization }]) =>
    known.has(key) ? [] : [{ key, share: Math.min(1, Math.max(0, utilization)) }],
  );
  return [...units, ...permits];
}
