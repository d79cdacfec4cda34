/**
 * Nested limits: a session with a provider holds one of few licences for as long as it lasts, and each call within it
 * acquires calls and tokens per minute. There are two sets, one inside the other. The outer one is held during the wait
 * for the inner one, so acquire them in the same order everywhere.
 *
 *   npx tsx examples/nested-limits/main.ts
 */
import { CallLimit, LimitSet, RateLimit, ResourceLimit } from 'temporal-limits';

const sessions = new LimitSet({ limits: [new ResourceLimit({ key: 'sessions', capacity: 2 })] });
const calls = new LimitSet({
  limits: [
    new CallLimit({ windowSeconds: 1, capacity: 10 }),
    new RateLimit({ key: 'tokens', windowSeconds: 1, capacity: 500, algorithm: 'TokenBucket' }),
  ],
});

/** What the provider would have seen: how many sessions were open at once, and how many calls were made. */
const seen = { open: 0, mostOpen: 0, calls: 0 };

/** One conversation: it keeps its session over all of its calls, also while a call waits for its turn. */
async function converse(prompts: readonly string[]): Promise<string[]> {
  return sessions.use({ timeout: '30s' }, async (session) => {
    seen.open += 1;
    seen.mostOpen = Math.max(seen.mostOpen, seen.open);
    const replies: string[] = [];
    for (const prompt of prompts) {
      // lost, the session belongs to somebody else: the next call would be one too many
      session.signal.throwIfAborted();
      replies.push(await say(prompt));
    }
    seen.open -= 1;
    return replies;
  });
}

async function say(prompt: string): Promise<string> {
  return calls.use({ requested: { tokens: 50 }, timeout: '10s' }, async (slot) => {
    seen.calls += 1;
    const reply = await Promise.resolve(prompt.toUpperCase());
    slot.update({ usage: { tokens: reply.length } });
    return reply;
  });
}

/** Four conversations of four calls each: two at a time, ten calls a second. */
export async function main(): Promise<{
  readonly replies: string[][];
  readonly mostOpen: number;
  readonly calls: number;
}> {
  const conversations = ['rain', 'snow', 'hail', 'fog'].map((topic) =>
    [1, 2, 3, 4].map((n) => `${topic} ${String(n)}`),
  );
  const replies = await Promise.all(conversations.map(converse));
  return { replies, mostOpen: seen.mostOpen, calls: seen.calls };
}

if (require.main === module) void main().then(console.log);
