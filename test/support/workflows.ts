import { proxyActivities, type ActivityOptions } from '@temporalio/workflow';

/** Runs one activity. */
export async function runActivity(name: string, args: unknown[], options: ActivityOptions): Promise<unknown> {
  const activity = proxyActivities<Record<string, (...args: unknown[]) => Promise<unknown>>>(options)[name];
  return activity?.(...args);
}
