/**
 * Runs a production Temporal server on PostgreSQL, as plain processes of this machine, until Ctrl-C: configured as
 * docker-compose.yml has it, with 4 history shards, its database as far away as asked for. Nothing outlives it.
 *
 *   npx tsx scripts/real-server/main.ts --database-delay 1.25 --port 7233
 *
 * `--database-delay`: round trip added to each statement. Unit: milliseconds. Range: 0 or from 1, where timers begin to
 * be exact. Default: 0. `--port`: of the gRPC frontend. Default: one that is free.
 */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { commandLine, numberOf, wholeOf } from '../support/command-line';
import { type RealServerOptions, startRealServer } from './real-server';

const USAGE = 'npx tsx scripts/real-server/main.ts [--database-delay <ms>] [--port <port>]';

function readOptions(args: readonly string[]): RealServerOptions {
  const options = { 'database-delay': { type: 'string' }, port: { type: 'string' } } as const;
  const { 'database-delay': delay, port } = parseArgs({ args: [...args], options }).values;
  const databaseDelayMs = delay === undefined ? 0 : numberOf('database-delay', delay);
  if (databaseDelayMs > 0 && databaseDelayMs < 1) {
    throw new Error(`--database-delay: expected 0 or a number from 1, got '${delay ?? ''}'`);
  }
  return { databaseDelayMs, ...(port !== undefined && { port: wholeOf('port', port) }) };
}

async function main(options: RealServerOptions): Promise<void> {
  const { address, databaseRoundTripMs, stop } = await startRealServer(options);
  console.log(`Temporal at ${address}, its database ${databaseRoundTripMs.toFixed(2)} ms away. Ctrl-C ends it.`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await stop();
}

main(commandLine(readOptions, USAGE)).then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
