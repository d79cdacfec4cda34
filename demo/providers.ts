import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type ProviderStats } from './strict-provider';

/** One account, with what the provider allows it. The three are short of different things. */
export interface Account {
  readonly name: string;
  readonly apiKey: string;
  readonly windowSeconds: number;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly connections: number;
}

const SECONDS = 6;

/** The largest text has 9,400 tokens: a window that holds four of it has no room that nothing fits into. */
export const ACCOUNTS: readonly Account[] = [
  account('us-east', { calls: 32, inputTokens: 60_000, outputTokens: 3_600, connections: 8 }),
  account('eu-west', { calls: 60, inputTokens: 48_000, outputTokens: 4_000, connections: 10 }),
  account('asia', { calls: 70, inputTokens: 72_000, outputTokens: 3_000, connections: 12 }),
];

export const MODEL = 'gpt-4o-mini';

function account(name: string, quotas: Omit<Account, 'name' | 'apiKey' | 'windowSeconds'>): Account {
  return { name, apiKey: `demo-key-of-${name}`, windowSeconds: SECONDS, ...quotas };
}

/** A provider that runs in a process of its own: what others do must not make its clock late. */
export interface RunningProvider {
  readonly account: Account;
  readonly url: string;
  stats(): Promise<ProviderStats>;
  stop(): Promise<void>;
}

export async function startProvider(account: Account): Promise<RunningProvider> {
  const options = {
    'api-key': account.apiKey,
    model: MODEL,
    'window-ms': account.windowSeconds * 1000,
    calls: account.calls,
    'input-tokens': account.inputTokens,
    'output-tokens': account.outputTokens,
    connections: account.connections,
    'latency-ms': 150,
    'latency-per-token-ms': 5,
  };
  const provider = fork(
    join(__dirname, 'strict-provider-cli.ts'),
    Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
    { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: ['--import', 'tsx'] },
  );
  const url = await firstLine(provider).then((line) => (JSON.parse(line) as { url: string }).url);
  return {
    account,
    url,
    stats: async () => (await fetch(new URL('/stats', url))).json() as Promise<ProviderStats>,
    async stop() {
      if (provider.exitCode !== null || provider.signalCode !== null) return;
      const ended = once(provider, 'exit');
      provider.disconnect();
      await ended;
    },
  };
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('the provider has no output');
  for await (const line of createInterface(stdout)) return line;
  throw new Error('the provider ended at its start');
}
