import { proxyActivities } from '@temporalio/workflow';
import type { createActivities } from './worker-process';

const { answer } = proxyActivities<ReturnType<typeof createActivities>>({ startToCloseTimeout: '1 minute' });

/** Asks the database so many times at once. */
export async function askOften(times: number): Promise<number[]> {
  return Promise.all(Array.from({ length: times }, () => answer()));
}
