import { gather, TaskPool, type TaskHandle } from 'temporal-limits/workflow';
import { QUEUES, TASKS_PER_QUEUE } from './queues';
import type { createActivities } from './workers';

/** Answers all prompts, and returns the answers with the most tasks that were in flight. */
export async function answerAll(prompts: readonly string[]): Promise<{ answers: string[]; mostInFlight: number }> {
  const pool = new TaskPool<ReturnType<typeof createActivities>>({
    queues: QUEUES,
    maxQueuedTasks: TASKS_PER_QUEUE,
    loadBalancing: 'LeastWait',
    activityOptions: { startToCloseTimeout: '2 minutes' },
  });
  const handles: TaskHandle<string>[] = [];
  let mostInFlight = 0;
  for (const prompt of prompts) {
    // waits while both queues are full
    handles.push(await pool.submit('complete', [prompt]));
    mostInFlight = Math.max(mostInFlight, pool.getStats().inFlight);
  }
  return { answers: await gather(handles), mostInFlight };
}
