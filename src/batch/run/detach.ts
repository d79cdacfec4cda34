import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { EXIT } from '../errors/exit-code';
import { UsageError } from '../errors/errors';

/** Tells a process that it was started by {@link detach}, and not by another program that listens to it. */
const DETACHED = 'TEMPORAL_LIMITS_DETACHED';

/** What the command in the background tells. */
interface Started {
  readonly batch: string;
}

/**
 * Starts this command again in the background, in a session of its own, and waits until its batch goes. Resolves with the
 * exit code: that of the other one, if it could not start.
 *
 * @throws {UsageError} if there can be no log
 */
export async function detach(output: string, args: readonly string[] = process.argv.slice(1)): Promise<number> {
  const file = `${resolve(output)}.log`;
  const log = await open(file, 'a').catch((error: unknown) => {
    throw new UsageError(`${file} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  });
  const from = (await log.stat()).size;
  const command = spawn(process.execPath, [...process.execArgv, ...args.filter((arg) => arg !== '--detach')], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
    env: { ...process.env, [DETACHED]: '1' },
  });
  const started = await new Promise<Started | number>((done) => {
    command.once('message', (message) => done(message as Started));
    command.once('exit', (code) => done(code ?? EXIT.someFailed));
    command.once('error', () => done(EXIT.someFailed));
  });
  await log.close();
  if (typeof started === 'number') {
    process.stderr.write(await text(createReadStream(file, { start: from })));
    return started;
  }
  command.disconnect();
  command.unref();
  const { batch } = started;
  process.stdout.write(
    `batch ${batch} runs in the background (process ${command.pid ?? 0}), its log is ${file}\n` +
      `temporal-limits batch status ${batch}   also: pause, resume, cancel\n`,
  );
  return EXIT.ok;
}

/** Tells the process that started this command in the background that it runs. Otherwise does nothing. */
export function tellStarted(batch: string): void {
  if (process.env[DETACHED] !== '1' || process.send === undefined) return;
  process.send({ batch } satisfies Started, undefined, undefined, () => process.connected && process.disconnect());
}
