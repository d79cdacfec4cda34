import { proxyActivities } from '@temporalio/workflow';
import type { createActivities } from './activities';

const { converse } = proxyActivities<ReturnType<typeof createActivities>>({ startToCloseTimeout: '2 minutes' });

/** Has all conversations at once: which account and region takes which is the pool's business. */
export async function converseAll(prompts: readonly string[]): Promise<string[]> {
  const replies = await Promise.all(prompts.map((prompt) => converse(prompt)));
  return replies.map(({ text }) => text);
}
