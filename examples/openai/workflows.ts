import { proxyActivities } from '@temporalio/workflow';
import type { createActivities } from './activities';

const { complete, completeByStream } = proxyActivities<ReturnType<typeof createActivities>>({
  startToCloseTimeout: '2 minutes',
});

/** Answers all prompts at once, every other one by a stream. The limits decide how fast they go. */
export async function answerAll(prompts: readonly string[]): Promise<string[]> {
  const replies = await Promise.all(
    prompts.map((prompt, i) => (i % 2 === 0 ? complete(prompt) : completeByStream(prompt))),
  );
  return replies.map(({ text }) => text);
}
