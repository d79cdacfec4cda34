import { proxyActivities } from '@temporalio/workflow';
import type { createActivities } from './activities';

const { complete } = proxyActivities<ReturnType<typeof createActivities>>({ startToCloseTimeout: '2 minutes' });

/** Answers all prompts at once: how fast they go is the limits' business. */
export async function answerAll(prompts: readonly string[]): Promise<string[]> {
  const replies = await Promise.all(prompts.map((prompt) => complete(prompt)));
  return replies.map(({ choices }) => choices[0]?.message.content ?? '');
}
