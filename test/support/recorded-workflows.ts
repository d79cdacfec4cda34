import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import { LimitPool, LimitSet, type LimitSetOptions } from '../../src/workflows/index';

export { limiterWorkflow } from '../../src/workflows/index';
export { recordedPatience, recordedRouting, recordedTasks } from './recorded-pools';

/**
 * What the recorded callers do. Their histories replay only as long as it stays as it is: what is to be recorded besides
 * is a workflow of its own.
 */
export async function recordedCaller(options: LimitSetOptions): Promise<string[]> {
  const limits = new LimitSet(options);
  const log: string[] = [];
  const wish = { requested: { tokens: 20, connections: 1 } };
  await Promise.all(
    [1, 2, 3, 4].map((tokens) =>
      limits.use(wish, (slot) => slot.update({ usage: { tokens } })).then(() => log.push('used')),
    ),
  );
  const first = await limits.acquire({ requested: { tokens: 1, connections: 3 } });
  const late = limits.acquire({ requested: { tokens: 1, connections: 1 }, timeout: 100 });
  await late.catch((error: unknown) => log.push((error as Error).name));
  const scope = new CancellationScope();
  const cancelled = scope.run(() => limits.acquire(wish));
  log.push(`asked: ${String((await limits.tryAcquire(wish)).successful)}`);
  scope.cancel();
  await cancelled.catch((error: unknown) => log.push(`cancelled: ${String(isCancellation(error))}`));
  first.update({ usage: { tokens: 1 } });
  await first.release();
  const other = new LimitSet({ ...options, name: `${options.name}-other` });
  const pool = new LimitPool({ limitSets: [limits, other] });
  for (let i = 0; i < 2; i += 1) {
    await pool.use(wish, (slot) => {
      slot.update({ usage: { tokens: 5 } });
      log.push(String(slot.index));
    });
  }
  return log;
}

/** Holds a permit until it is terminated. */
export async function recordedHolder(options: LimitSetOptions): Promise<void> {
  await new LimitSet(options).acquire({ requested: { tokens: 0, connections: 1 } });
  await condition(() => false);
}
