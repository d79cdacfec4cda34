import { asyncLocalStorage, type Context } from '@temporalio/activity';
import { LimitPool } from '../../client/sets/limit-pool';
import { LimitSet } from '../../client/sets/limit-set';
import { InvalidLimitError } from '../../limiter/errors/definition-errors';
import { describeValue } from '../../limiter/errors/describe-value';
import { ActivityLimits } from '../context/activity-limits';
import { currentLimits, currentWorker } from '../context/current';
import { heartbeating } from '../context/heartbeat';
import { setsOf, type AnyLimits, type Limits } from '../context/worker-limits';

/** Why activities of this process run unlimited, each said once. */
const said = new Set<string>();

/** The limits of the worker that runs this activity. Logs once if it has none, since `limited` expects some. */
export function limitsOfThisWorker(): Limits {
  const context = asyncLocalStorage.getStore();
  const worker = currentWorker();
  if (context !== undefined && worker?.isLimited !== true) {
    warn(context, worker === undefined ? 'has no LimitsPlugin' : 'has a LimitsPlugin without limits');
  }
  return currentLimits();
}

function warn(context: Context, why: string): void {
  if (said.has(why)) return;
  said.add(why);
  const { activityType } = context.info;
  context.log.warn(
    `${activityType} is limited, but runs without limits: its worker ${why}. ` +
      'Give it some: Worker.create({ …, plugins: [new LimitsPlugin({ limits })] })',
  );
}

/**
 * What `limits` returned for a call, as its activity sees it.
 *
 * @throws InvalidLimitError unless it is a limit set or a pool
 */
export async function limitsOfCall(given: unknown): Promise<Limits> {
  if (!isLimits(given)) {
    throw new InvalidLimitError(
      'limits',
      `expected it to return a LimitSet or a LimitPool, got ${describeValue(given)}`,
    );
  }
  const context = asyncLocalStorage.getStore();
  if (context === undefined) return given as unknown as Limits;
  const worker = currentWorker();
  const isShared = setsOf(given).some(({ mode }) => mode === 'temporal');
  if (isShared && worker !== undefined) await heartbeating(context, worker.share());
  return new ActivityLimits(given, context);
}

function isLimits(value: unknown): value is AnyLimits {
  return value instanceof LimitSet || value instanceof LimitPool;
}
