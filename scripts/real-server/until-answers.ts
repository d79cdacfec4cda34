import { setTimeout as sleep } from 'node:timers/promises';
import { type GuardedProcess } from '../../src/client/dev-server/guarded-process';

const TIMEOUT_MS = 120_000;
const POLL_MS = 100;

/** Asks a server that has just been started until it answers. @throws Error with its last words if it does not */
export async function untilAnswers(name: string, server: GuardedProcess, ask: () => Promise<void>): Promise<void> {
  let output: string | undefined;
  const ended = server.ended.then((text) => {
    output = reasonIn(text.trim().split('\n').at(-1) ?? '');
  });
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      if (output !== undefined) throw new Error(`${name} ended at its start: ${output}`, { cause: error });
      if (Date.now() > deadline) throw new Error(`${name} did not answer within two minutes.`, { cause: error });
    }
    await Promise.race([sleep(POLL_MS), ended]);
  }
}

/** What a line of a log says; of one in JSON, as Temporal writes it, without where in the code that was. */
function reasonIn(line: string): string {
  try {
    const { msg, error } = JSON.parse(line) as { readonly msg?: string; readonly error?: string };
    return [msg, error].filter((text) => text !== undefined).join(': ') || line;
  } catch {
    return line;
  }
}
