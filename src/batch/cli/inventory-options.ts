import { Client, Connection, NamespaceNotFoundError, ServiceError } from '@temporalio/client';
import { Command, Option } from 'commander';
import { environmentConfig } from '../../client/link/environment';
import { EXIT, exitCodeOf, reasonOf } from '../errors/exit-code';
import { TargetError, UsageError } from '../errors/errors';
import { inventoryText } from '../report/inventory-report';
import { clearBatch, clearLimiter, takeInventory } from '../temporal/inventory';

/** Longer than a server takes that is there. Unit: milliseconds. */
const CONNECT_MS = 5_000;
/** For a long list of workflows, of which each may be asked. Unit: milliseconds. */
const CALLS_MS = 120_000;

/** Which Temporal server; what is left out comes from the environment. */
interface TargetOptions {
  readonly address?: string;
  readonly namespace?: string;
}

interface ClearOptions extends TargetOptions {
  readonly batch?: string;
  readonly yes: boolean;
}

const LS_HELP = `
A limiter is \`serving\` or \`unanswered\`: then no host runs it, or its payloads are encoded. A batch is \`running\`,
\`paused\`, \`abandoned\`, when no process runs it, or \`unanswered\`: then a process that polled its task queue within the
last 70 s has ended, or has another data converter than this command. \`run age\` counts from the start of the current workflow run.`;

const CLEAR_HELP = `
A cleared limiter forgets what was taken: the next client starts another with empty windows, and up to twice the limit may
pass in the current window. Clear one only when nobody uses the set. A cleared batch keeps its output and <output>.batch:
the command that began it goes on with it.`;

/** The commands for what is left in a namespace. What each ends with is told to `exit`. */
export function inventoryOptions(exit: (code: number) => void): Command[] {
  const told = async (act: () => Promise<string>): Promise<void> => {
    try {
      process.stdout.write(await act());
      exit(EXIT.ok);
    } catch (error) {
      process.stderr.write(`${reasonOf(error)}\n`);
      exit(exitCodeOf(error));
    }
  };
  const command = (name: string, description: string, help: string): Command =>
    new Command(name)
      .description(description)
      .option('--address <host:port>', 'the Temporal server (else TEMPORAL_ADDRESS, else localhost:7233)')
      .option('--namespace <name>', 'its namespace (else TEMPORAL_NAMESPACE, else default)')
      .addHelpText('after', help)
      .exitOverride();
  return [
    command('ls', 'list the limiters and the open batches of a namespace', LS_HELP)
      .addOption(new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text'))
      .action(async ({ output, ...target }: TargetOptions & { readonly output: 'text' | 'json' }) =>
        told(async () => {
          const found = await withClient(target, takeInventory);
          return output === 'json' ? `${JSON.stringify(found, undefined, 2)}\n` : inventoryText(found, Date.now());
        }),
      ),
    command('clear', 'terminate the limiter of a set, or the workflows of an abandoned batch', CLEAR_HELP)
      .argument('[set]', 'the limit set whose limiter is terminated')
      .option('--batch <id>', 'the abandoned batch whose workflows are terminated, instead of a set')
      .option('--yes', 'do it; nothing is terminated without', false)
      .action(async (set: string | undefined, options: ClearOptions) => told(() => clear(set, options))),
  ];
}

async function clear(set: string | undefined, { batch, yes, ...target }: ClearOptions): Promise<string> {
  if ((set === undefined) === (batch === undefined)) {
    throw new UsageError('name what to clear: either a set, or a batch with --batch <id>');
  }
  const what = set === undefined ? `batch ${batch ?? ''}` : `the limiter of set ${JSON.stringify(set)}`;
  if (!yes) throw new UsageError(`this terminates ${what}: pass --yes to do it`);
  await withClient(target, (client) =>
    set === undefined ? clearBatch(client, batch ?? '') : clearLimiter(client, set),
  );
  return `${what} is cleared\n`;
}

/** @throws {TargetError} if the server does not answer, or refuses what is asked */
async function withClient<T>(target: TargetOptions, act: (client: Client) => Promise<T>): Promise<T> {
  const { connectionOptions, namespace: configured = 'default' } = environmentConfig();
  const address = target.address ?? connectionOptions.address ?? 'localhost:7233';
  const namespace = target.namespace ?? configured;
  const options = { ...connectionOptions, address, interceptors: [], connectTimeout: CONNECT_MS };
  const connection = await Connection.connect(options).catch(() => {
    throw new TargetError(
      `Temporal does not answer at ${address}: pass --address or set TEMPORAL_ADDRESS to a server that runs`,
    );
  });
  try {
    const client = new Client({ connection, namespace });
    return await client.withDeadline(Date.now() + CALLS_MS, () => act(client));
  } catch (error) {
    if (!(error instanceof ServiceError || error instanceof NamespaceNotFoundError)) throw error;
    throw new TargetError(
      `Temporal at ${address}, namespace ${JSON.stringify(namespace)}, refused: ${reasonOf(error)}`,
    );
  } finally {
    await connection.close();
  }
}
