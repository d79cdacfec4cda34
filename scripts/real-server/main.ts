/**
 * Runs a production Temporal server on PostgreSQL, as plain processes of this machine: configured as docker-compose.yml
 * has it, with 4 history shards, its database as far away as asked for. It runs until Ctrl-C, or as long as the command
 * after `--` does, which finds it by `TEMPORAL_ADDRESS` and whose exit code becomes its own. There, `REAL_SERVER` says that
 * it is such a server. Nothing outlives it.
 *
 *   npm run real-server -- --database-delay 1.25 --port 7233
 *   npm run real-server -- -- npm run prove -- codecs
 *
 * `--database-delay`: round trip added to each statement. Unit: milliseconds. Range: 0 or from 1, where timers begin to
 * be exact. Default: 0. `--port`: of the gRPC frontend. Default: one that is free.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { commandLine, numberOf, wholeOf } from '../support/command-line';
import { type RealServer, type RealServerOptions, startRealServer } from './real-server';

const USAGE = 'npm run real-server -- [--database-delay <ms>] [--port <port>] [-- <command> [argument]...]';

interface Asked {
  readonly options: RealServerOptions;
  readonly command: readonly string[];
}

function readArguments(args: readonly string[]): Asked {
  const { values, positionals: command } = parseArgs({
    args: [...args],
    options: { 'database-delay': { type: 'string' }, port: { type: 'string' } },
    allowPositionals: true,
  });
  const { 'database-delay': delay, port } = values;
  const databaseDelayMs = delay === undefined ? 0 : numberOf('database-delay', delay);
  if (databaseDelayMs > 0 && databaseDelayMs < 1) {
    throw new Error(`--database-delay: expected 0 or a number from 1, got '${delay ?? ''}'`);
  }
  return { options: { databaseDelayMs, ...(port !== undefined && { port: wholeOf('port', port) }) }, command };
}

/** Until Ctrl-C, or until the command has ended. Says with which code to exit. */
async function serve({ address, namespace }: RealServer, [command, ...args]: readonly string[]): Promise<number> {
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  if (command === undefined) {
    await stopped;
    return 0;
  }
  const env = { ...process.env, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, REAL_SERVER: address };
  const child = spawn(command, args, { stdio: 'inherit', env });
  void stopped.then(() => child.kill('SIGTERM'));
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

async function main({ options, command }: Asked): Promise<number> {
  const server = await startRealServer(options);
  const until = command.length === 0 ? 'Ctrl-C ends it.' : `It ends with: ${command.join(' ')}`;
  console.log(`Temporal at ${server.address}, its database ${server.databaseRoundTripMs.toFixed(2)} ms away. ${until}`);
  try {
    return await serve(server, command);
  } finally {
    await server.stop();
  }
}

main(commandLine(readArguments, USAGE)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
