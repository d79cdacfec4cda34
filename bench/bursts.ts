/**
 * Bursts of a real client in memory mode: as many calls as a window allows are let through at once, and are sent over the
 * next 0.1 s. How many of them a strict provider in another process refuses, and how long all of them take, by the guard.
 *
 *   npx tsx bench/bursts.ts --calls 800 --capacity 100 --window 1
 */
import OpenAI from 'openai';
import { MODEL, type RunningProvider, startProvider } from '../demo/providers';
import { numericOptions } from '../scripts/support/command-line';
import { CallLimit, LimitSet } from '../src/index';
import { report } from './support/report';

const { calls, capacity, window: windowSeconds } = numericOptions({ calls: 800, capacity: 100, window: 1 });
const ENOUGH = 1e6;

async function main(): Promise<void> {
  const rows: string[][] = [];
  const numbers: object[] = [];
  for (const guardMs of [0, 50]) {
    const quotas = { calls: capacity, inputTokens: ENOUGH, outputTokens: ENOUGH, connections: ENOUGH };
    const provider = await startProvider({ name: 'bursts', apiKey: 'bursts', windowSeconds, ...quotas });
    const tookMs = await playBursts(provider, guardMs);
    const refused = (await provider.stats()).refused.calls;
    await provider.stop();
    numbers.push({ guardMs, tookMs, refused });
    rows.push([`guardMs: ${guardMs}`, (tookMs / 1_000).toFixed(1), String(refused)]);
  }
  const ideal = windowSeconds * (Math.ceil(calls / capacity) - 1);
  const title = `${calls} calls at once in memory mode, ${capacity} per ${windowSeconds} s; ideal ${ideal} s`;
  report('bursts', [{ title, columns: ['', 'all done after, s', 'refused'], rows }], numbers);
}

async function playBursts({ url, account }: RunningProvider, guardMs: number): Promise<number> {
  const openai = new OpenAI({ apiKey: account.apiKey, baseURL: new URL('/v1', url).href, maxRetries: 0 });
  const limits = new LimitSet({ limits: [new CallLimit({ capacity, windowSeconds })], guardMs });
  const messages = [{ role: 'user' as const, content: 'hello' }];
  const call = async (): Promise<unknown> =>
    openai.chat.completions.create({ model: MODEL, max_completion_tokens: 1, messages });
  const begunAt = performance.now();
  await Promise.allSettled(Array.from({ length: calls }, () => limits.use({}, call)));
  await limits.close();
  return performance.now() - begunAt;
}

void main();
