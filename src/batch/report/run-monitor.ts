import { type LimiterStats } from '../../workflows/limiter/protocol';
import { type BatchSet } from '../config/config';
import { type Progress } from './progress';
import { faultsText, suspensionText } from './provider-text';
import { type ConnectionMonitor } from './connection-monitor';
import { type ResultCounts } from './run-report';
import { type Work } from '../worker/work-counters';

const EVERY_MS = 1_000;
/** A query costs a busy limiter a workflow task. Unit: ticks. */
const QUERY_EVERY = 3;

export interface MonitorOptions {
  readonly sets: readonly BatchSet[];
  readonly total: number;
  /** Whether each item that was through before was answered. */
  readonly before: readonly boolean[];
  readonly tally: ResultCounts;
  readonly progress: Progress;
  readonly work: () => Work;
  readonly queryLimiters: () => Promise<Map<string, LimiterStats>>;
  /** Whether somebody holds the batch up. Never rejects. */
  readonly isPaused: () => Promise<boolean>;
  readonly silence: ConnectionMonitor;
}

/** Shows once a second how far a batch is, until it is stopped. */
export function monitor(options: MonitorOptions): () => void {
  const begunAt = performance.now();
  let limiters = new Map<string, LimiterStats>();
  let isPaused = false;
  let ticks = 0;
  const doneBefore = options.before.length;
  const failedBefore = options.before.filter((ok) => !ok).length;

  const show = (): void => {
    const work = options.work();
    const all = Object.values(work);
    const suspensions = new Map(
      options.sets.map(({ name }) => [name, suspensionText(limiters.get(name)?.provider, Date.now())]),
    );
    const isUnserved = [...suspensions.values()].every((text) => text !== undefined);
    const errors = all.flatMap(({ lastError }) => lastError ?? []).sort((a, b) => b.at - a.at);
    options.progress.update({
      done: doneBefore + options.tally.done,
      failed: failedBefore + options.tally.failed,
      total: options.total,
      retries: all.reduce((sum, { retries }) => sum + retries, 0),
      lastError: errors[0]?.type,
      trouble: options.silence.text ?? (isPaused ? 'paused' : isUnserved ? 'waits: no set is served' : undefined),
      elapsedSeconds: (performance.now() - begunAt) / 1000,
      sets: options.sets.map(({ name }) => ({
        name,
        inFlight: work[name]?.active ?? 0,
        waiting: work[name]?.waiting ?? 0,
        faults: faultsText(work[name]?.faults ?? {}),
        suspension: suspensions.get(name),
        quotas: Object.entries(limiters.get(name)?.limits ?? {}).map(([key, { utilization }]) => ({
          key,
          share: Math.max(0, utilization),
        })),
      })),
    });
  };
  const timer = setInterval(() => {
    ticks += 1;
    void options.silence.ping();
    if (ticks % QUERY_EVERY === 0) {
      void options.queryLimiters().then((found) => (limiters = found));
      void options.isPaused().then((answer) => (isPaused = answer));
    }
    show();
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    show();
    options.progress.stop();
  };
}
