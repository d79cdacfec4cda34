/** One of the processes that load a limiter: some clients, each with several that wait for permits all the time. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/client/link/system-clock';
import { LimitSet } from '../../src/index';
import { type LimitSetJSON } from '../../src/client/sets/limit-set-options';
import { type Address, joinTemporal } from '../support/temporal';

/** What it is to do, from its first message until it is disconnected. */
export interface Order extends Address {
  readonly set: LimitSetJSON;
  readonly clients: number;
  /** Acquisitions that each of them wants at once. */
  readonly atOnce: number;
  readonly holdMs: number;
}

/** What it has seen since it was asked last. Times are on the machine's monotonic clock. Unit: milliseconds. */
export interface Seen {
  /** Of each acquisition, when it was asked for, when it was granted and when it was released. */
  readonly acquisitions: [asked: number, from: number, to: number][];
  /** How long each sync took to be accepted by the server. */
  readonly syncMs: number[];
  /** How often what went wrong: messages, of syncs (which are sent again) and of acquisitions. */
  readonly faults: Record<string, number>;
}

let seen: Seen = { acquisitions: [], syncMs: [], faults: {} };

const fault = (error: unknown): void => {
  const { name, message, cause } = error as Error;
  const what = `${name}: ${cause instanceof Error ? cause.message : message}`;
  seen.faults[what] = (seen.faults[what] ?? 0) + 1;
};

async function main(): Promise<void> {
  const { set, clients, atOnce, holdMs, ...server } = JSON.parse(process.argv[2] ?? '{}') as Order;
  const temporal = await joinTemporal(server);
  const open = (): LimitSet => {
    const signalWithStart = async <I, O>(input: I, next: (input: I) => Promise<O>): Promise<O> => {
      const begun = systemClock.now();
      try {
        return await next(input);
      } catch (error) {
        fault(error);
        throw error;
      } finally {
        seen.syncMs.push(systemClock.now() - begun);
      }
    };
    const client = temporal.newClient({ workflow: [{ signalWithStart }] });
    return new LimitSet({ ...set, mode: 'temporal', client });
  };
  const work = async (limits: LimitSet): Promise<never> => {
    for (;;) {
      const asked = systemClock.now();
      await limits
        .use({}, async () => {
          const from = systemClock.now();
          await sleep(holdMs);
          seen.acquisitions.push([asked, from, systemClock.now()]);
        })
        .catch(fault);
    }
  };
  process.once('disconnect', () => process.exit());
  process.send?.('ready');
  await once(process, 'message');
  process.on('message', () => {
    process.send?.(seen);
    seen = { acquisitions: [], syncMs: [], faults: {} };
  });
  const sets = Array.from({ length: clients }, open);
  await Promise.all(sets.flatMap((limits) => Array.from({ length: atOnce }, () => work(limits))));
}

void main();
