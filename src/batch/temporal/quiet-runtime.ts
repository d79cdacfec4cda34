import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { BATCH_WORKFLOW } from '../../workflows/batch/batch-protocol';

/** What the SDK warns of in the ordinary course of a batch. A failed attempt is told in the item's result. */
const ROUTINE = [/^No (?:workflows|activities) registered/, /^Activity failed$/];

/**
 * Sets the Temporal runtime of this process up to be heard only when something is wrong, and to leave signals alone:
 * on Ctrl-C the batch has work to end before its workers may. Before anything else of the SDK.
 */
export function installQuietRuntime(): void {
  const logger = new DefaultLogger('WARN', ({ level, message, meta }) => {
    if (ROUTINE.some((pattern) => pattern.test(message))) return;
    // told by the command, with its reason
    if (meta?.['workflowType'] === BATCH_WORKFLOW) return;
    const error: unknown = meta?.['error'];
    const reason = error instanceof Error ? `: ${error.message}` : '';
    process.stderr.write(`temporal ${level}: ${message}${reason}\n`);
  });
  Runtime.install({
    logger,
    shutdownSignals: [],
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }), forward: {} },
    },
  });
}
