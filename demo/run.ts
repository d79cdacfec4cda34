import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { obtainTemporal } from '../scripts/support/obtain-temporal';
import { PLAIN } from '../src/batch/text/style';
import { type ItemResult } from '../src/workflows/batch/item-result';
import { licenceItems } from './licence-items';
import { type Account, ACCOUNTS, MODEL, type RunningProvider, startProvider } from './providers';

/**
 * The demo: three strict providers, and the batch command as a user runs it, with a dashboard of the accounts. It uses the Temporal server at
 * `TEMPORAL_ADDRESS`, or starts one of its own. Fails if any text is not answered exactly once, or any request was refused.
 * `--workers N` runs N worker processes. @default 2
 */
async function main(): Promise<number> {
  const { workers } = parseArgs({ options: { workers: { type: 'string', default: '2' } } }).values;
  const folder = await mkdtemp(join(tmpdir(), 'temporal-limits-demo-'));
  const providers = await Promise.all(ACCOUNTS.map(startProvider));
  // A Ctrl-C reaches the batch too; this process waits for it to end.
  process.on('SIGINT', () => undefined);
  try {
    const files = {
      config: join(folder, 'limits.yaml'),
      input: join(folder, 'in.jsonl'),
      output: join(folder, 'out.jsonl'),
    };
    const items = licenceItems();
    await writeFile(files.config, stringify({ sets: providers.map(setOf) }));
    await writeFile(files.input, items.map((item) => `${JSON.stringify(item)}\n`).join(''));
    console.log(`${items.length} licence texts, 3 accounts, ${workers} worker processes`);
    const code = await runBatch({ ...files, workers });
    if (!existsSync(files.output)) return code;
    const problem = await findProblem(files.output, items);
    await printProviders(providers);
    if (problem !== undefined) console.error(problem);
    return problem === undefined ? code : 1;
  } finally {
    await Promise.all(providers.map((provider) => provider.stop()));
    await rm(folder, { recursive: true, force: true });
  }
}

/** The provider's own quotas, exactly. */
function setOf({ account, url }: RunningProvider): object {
  const { name, windowSeconds, calls, inputTokens, outputTokens, connections } = account;
  return {
    name,
    config: { taskQueue: `llm-${name}`, baseURL: url, apiKey: `\${${variable(account)}}`, model: MODEL },
    limits: [
      { kind: 'call', windowSeconds, capacity: calls },
      { kind: 'rate', key: 'input_tokens', windowSeconds, capacity: inputTokens },
      { kind: 'rate', key: 'output_tokens', windowSeconds, capacity: outputTokens },
      { kind: 'resource', key: 'connections', capacity: connections },
    ],
  };
}

function variable({ name }: Account): string {
  return `${name.replace('-', '_').toUpperCase()}_KEY`;
}

async function runBatch(options: Readonly<Record<string, string>>): Promise<number> {
  await obtainTemporal();
  const command = join(__dirname, '../lib/src/batch/cli/cli.js');
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const keys = Object.fromEntries(ACCOUNTS.map((account) => [variable(account), account.apiKey]));
  const env = { ...process.env, ...keys };
  const batch = spawn(process.execPath, [command, 'batch', '--dashboard', ...args], { stdio: 'inherit', env });
  const [code] = (await once(batch, 'exit')) as [number | null];
  return code ?? 1;
}

/** In words, if some item is missing, doubled or not ok. */
async function findProblem(output: string, items: readonly { readonly id: string }[]): Promise<string | undefined> {
  const lines = (await readFile(output, 'utf8')).split('\n').filter((line) => line !== '');
  const results = lines.map((line) => JSON.parse(line) as ItemResult);
  const answered = new Set(results.filter(({ ok }) => ok).map(({ id }) => id));
  const missing = items.filter(({ id }) => !answered.has(id)).length;
  if (missing > 0) return `${missing} items have no answer`;
  return results.length > items.length ? `${results.length - items.length} items stand twice in the output` : undefined;
}

/** What the providers say, who keep their own books. */
async function printProviders(providers: readonly RunningProvider[]): Promise<void> {
  const table = PLAIN.table(['provider', '>served', '>refused', 'why']);
  for (const provider of providers) {
    const { served, refused } = await provider.stats();
    const reasons = Object.entries<number>({ ...refused }).filter(([, count]) => count > 0);
    const count = reasons.reduce((sum, [, n]) => sum + n, 0);
    table.push([provider.account.name, served, count, reasons.map(([quota]) => quota).join(', ')]);
  }
  console.log(table.toString());
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
