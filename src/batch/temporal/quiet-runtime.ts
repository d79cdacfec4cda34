import { setFlagsFromString } from 'node:v8';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { WAIT_BUCKETS } from '../../client/telemetry/instruments';
import { limitsMetrics } from '../../client/telemetry/limits-metrics';
import { BATCH_WORKFLOW } from '../../workflows/batch/batch-protocol';
import { UsageError } from '../errors/errors';
import { reasonOf } from '../errors/exit-code';

/** What the SDK warns of in the ordinary course of a batch. The item's result reports failed attempts. */
const ROUTINE = [/^No (?:workflows|activities) registered/, /^Activity failed$/];

/**
 * For the query `__stack_trace`, the SDK records a stack trace for each promise that workflow code makes. With ten frames that
 * takes longer than all else that a batch or a limiter does. In workflows of the commands no code runs but ours.
 */
const FRAMES_IN_WORKFLOWS = 1;

/**
 * Sets the Temporal runtime of this process up to be heard only when something is wrong, and to leave signals alone:
 * on Ctrl-C the batch has work to end before its workers may. Before anything else of the SDK.
 *
 * @param metricsAt Where Prometheus finds the metrics of the SDK and of the limits, as `0.0.0.0:9464`. @default nowhere
 * @throws {UsageError} if they cannot be served there
 */
export function installQuietRuntime(metricsAt?: string): void {
  // holds for what V8 sets up from here on, such as the threads of workflows
  setFlagsFromString(`--stack-trace-limit=${FRAMES_IN_WORKFLOWS}`);
  const logger = new DefaultLogger('WARN', ({ level, message, meta }) => {
    if (ROUTINE.some((pattern) => pattern.test(message))) return;
    // told by the command, with its reason
    if (meta?.['workflowType'] === BATCH_WORKFLOW) return;
    const error: unknown = meta?.['error'];
    const reason = error instanceof Error ? `: ${error.message}` : '';
    process.stderr.write(`temporal ${level}: ${message}${reason}\n`);
  });
  const logging = { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }), forward: {} };
  const metrics = metricsAt === undefined ? {} : { metrics: { prometheus: prometheusAt(metricsAt) } };
  try {
    Runtime.install({ logger, shutdownSignals: [], telemetryOptions: { logging, ...metrics } });
  } catch (error) {
    if (metricsAt === undefined) throw error;
    // the last part says what is wrong, those before it where the SDK has found that
    const reason = reasonOf(error).split(': ').at(-1) ?? '';
    throw new UsageError(
      `metrics: expected an address and a port that is free, such as 0.0.0.0:9464, got ${metricsAt}: ${reason}`,
    );
  }
  if (metricsAt !== undefined) limitsMetrics({ meter: Runtime.instance().metricMeter });
}

/** With the names and the buckets that the board and the alert rules have. */
function prometheusAt(bindAddress: string) {
  return {
    bindAddress,
    countersTotalSuffix: true,
    unitSuffix: true,
    histogramBucketOverrides: { temporal_limits_acquire_time_in_queue: [...WAIT_BUCKETS] },
  };
}
