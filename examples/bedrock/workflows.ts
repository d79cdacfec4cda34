import { proxyActivities } from '@temporalio/workflow';
import type { createActivities, Prompt } from './activities';

const { converse } = proxyActivities<ReturnType<typeof createActivities>>({ startToCloseTimeout: '2 minutes' });

/** Starts all conversations at once. The pool decides which account and region serves each, and when. */
export async function converseAll(prompts: readonly Prompt[]): Promise<string[]> {
  const replies = await Promise.all(prompts.map((prompt) => converse(prompt)));
  return replies.map(({ text }) => text);
}
