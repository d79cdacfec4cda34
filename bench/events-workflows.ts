import {
  condition,
  continueAsNew,
  defineSignal,
  getExternalWorkflowHandle,
  proxyActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { LimitSet, ResourceLimit } from '../src/workflows/index';

export { limiterWorkflow } from '../src/workflows/index';

/** How a caller limits what it does. */
export type Pattern = 'nothing' | 'mutex' | 'slots' | 'activities';

export interface Caller {
  readonly pattern: Pattern;
  /** Of the semaphore or the limit set. */
  readonly name: string;
  readonly permits: number;
  readonly holdMs: number;
  readonly calls: number;
  /** How many of them at once. */
  readonly atOnce: number;
}

export interface CallActivities {
  call(ms: number): Promise<void>;
  limitedCall(ms: number): Promise<void>;
}

interface Asked {
  readonly workflowId: string;
  readonly request: number;
}

const askSignal = defineSignal<[Asked]>('ask');
const grantSignal = defineSignal<[number]>('grant');
const freeSignal = defineSignal('free');

/**
 * The pattern of the mutex sample, with as many owners as there are permits: each call asks by a signal, is answered by a
 * signal, and frees by a signal.
 */
export async function semaphoreWorkflow(permits: number, waiting: Asked[] = [], inUse = 0): Promise<void> {
  let free = permits - inUse;
  setHandler(askSignal, (asked) => {
    waiting.push(asked);
  });
  setHandler(freeSignal, () => {
    free += 1;
  });
  while (!workflowInfo().continueAsNewSuggested) {
    await condition(() => (free > 0 && waiting.length > 0) || workflowInfo().continueAsNewSuggested);
    const asked = free > 0 ? waiting.shift() : undefined;
    if (asked === undefined) continue;
    free -= 1;
    await getExternalWorkflowHandle(asked.workflowId).signal(grantSignal, asked.request);
  }
  await continueAsNew<typeof semaphoreWorkflow>(permits, waiting, permits - free);
}

/** Makes a number of calls, some of them at once, each within the limits of its pattern. */
export async function callerWorkflow({ pattern, name, permits, holdMs, calls, atOnce }: Caller): Promise<void> {
  const { call, limitedCall } = proxyActivities<CallActivities>({ startToCloseTimeout: '10m' });
  const limits = new LimitSet({ name, limits: [new ResourceLimit({ key: 'permits', capacity: permits })] });
  const granted = new Set<number>();
  setHandler(grantSignal, (request) => {
    granted.add(request);
  });
  const makeOne: Record<Pattern, (request: number) => Promise<void>> = {
    nothing: () => call(holdMs),
    activities: () => limitedCall(holdMs),
    slots: () => limits.use({}, () => call(holdMs)),
    async mutex(request) {
      const semaphore = getExternalWorkflowHandle(name);
      await semaphore.signal(askSignal, { workflowId: workflowInfo().workflowId, request });
      await condition(() => granted.has(request));
      await call(holdMs);
      await semaphore.signal(freeSignal);
    },
  };
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < calls) await makeOne[pattern]((next += 1));
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  await sleep(1);
}
