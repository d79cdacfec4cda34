import { Command, InvalidArgumentError } from 'commander';
import { startStrictProvider } from './strict-provider';

/**
 * One strict provider as a process of its own, so that its clock is not held up by anybody else's work.
 * Prints one JSON line with its URL when it listens; GET /stats shows what it saw; SIGTERM ends it, or SIGINT,
 * or the end of the process that forked it.
 */
const command = new Command('strict-provider')
  .option('--port <number>', 'port to listen on, 0 for any', amount, 0)
  .option('--api-key <key>', 'the only key that is served')
  .option('--model <name>', 'the only model that exists')
  .requiredOption('--window-ms <ms>', 'length of the sliding window', amount)
  .option('--calls <number>', 'requests per window', amount)
  .option('--input-tokens <number>', 'prompt tokens per window', amount)
  .option('--output-tokens <number>', 'completion tokens per window, as requested', amount)
  .option('--connections <number>', 'requests open at once', amount)
  .option('--latency-ms <ms>', 'how long a request takes', amount, 50)
  .option('--latency-per-token-ms <ms>', 'how much longer for each token of max_tokens', amount, 0);

interface CliOptions {
  port: number;
  apiKey?: string;
  model?: string;
  windowMs: number;
  calls?: number;
  inputTokens?: number;
  outputTokens?: number;
  connections?: number;
  latencyMs: number;
  latencyPerTokenMs: number;
}

async function main(): Promise<void> {
  const { port, apiKey, model, latencyMs, latencyPerTokenMs, ...quotas } = command.parse().opts<CliOptions>();
  const provider = await startStrictProvider({
    port,
    quotas,
    latencyMs: (_promptTokens, maxTokens) => latencyMs + latencyPerTokenMs * maxTokens,
    ...(apiKey !== undefined && { apiKey }),
    ...(model !== undefined && { model }),
  });
  process.stdout.write(`${JSON.stringify({ url: provider.url })}\n`);
  const close = (): void => void provider.close();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, close);
  process.once('disconnect', close);
}

function amount(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('It must be 0 or more.');
  return value;
}

void main();
