import { gather, LimitPool, LimitSet } from 'temporal-limits/workflow';
import { ACCOUNTS, limitSetOptions } from './accounts';
import type { Activities } from './workers';

const pool = new LimitPool({ limitSets: ACCOUNTS.map((account) => new LimitSet(limitSetOptions(account))) });

/** Each call goes to the next account, and on to another one where no worker takes it within five seconds. */
const { complete } = pool.proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  scheduleToStartTimeout: '5 seconds',
});

/** Answers all prompts at once: how fast they go is the limits' business. */
export async function answerAll(prompts: readonly string[]): Promise<string[]> {
  return gather(prompts.map((prompt) => complete(prompt)));
}
