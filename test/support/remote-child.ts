/**
 * A process with limits of its own, which does what another one asks for: see `remote-process.ts`. Run with `tsx`; its
 * order on the command line, the server in `TEMPORAL_ADDRESS`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { currentLimits, limited, LimitsPlugin } from '../../src/activities/index';
import { systemClock } from '../../src/client/link/system-clock';
import type { Acquisition } from '../../src/index';
import { LimitPool, type LimitPoolJSON } from '../../src/client/sets/limit-pool';
import { LimitSet } from '../../src/client/sets/limit-set';
import type { LimitSetJSON } from '../../src/client/sets/limit-set-options';

/** Its limits, one of the two, and the task queue of its activities. */
export interface RemoteOrder {
  readonly set?: LimitSetJSON;
  readonly pool?: LimitPoolJSON;
  readonly taskQueue: string;
}

type Amounts = Readonly<Record<string, number>>;

/** A call to a provider, on the machine's monotonic clock. Unit: milliseconds. */
export interface RemoteCall {
  readonly arrived: number;
  readonly replied: number;
}

/** What can be asked for. */
export class Remote {
  readonly #slots: Acquisition[] = [];

  constructor(readonly limits: LimitSet | LimitPool) {}

  /** Acquires, however long it takes, and keeps it. Says by which set it was served. */
  async acquire(requested: Amounts): Promise<{ readonly slot: number; readonly limitSet: string | undefined }> {
    const slot = await this.limits.acquire({ requested });
    return { slot: this.#slots.push(slot) - 1, limitSet: slot.limitSet };
  }

  /** Says whether there was room, and gives back what it took. */
  async tryAcquire(requested: Amounts): Promise<boolean> {
    const slot = await this.limits.tryAcquire({ requested });
    if (slot.successful) slot.update({ usage: slot.requested });
    await slot.release();
    return slot.successful;
  }

  async release(slot: number): Promise<void> {
    await this.#slots[slot]?.release();
  }

  /** Makes so many calls, by so many workers at a time, which use less than they reserve. */
  async call(calls: number, workers: number, reserved: Amounts, used: Amounts, callMs: number): Promise<RemoteCall[]> {
    const made: RemoteCall[] = [];
    let begun = 0;
    const work = async (): Promise<void> => {
      while (begun < calls) {
        begun += 1;
        await this.limits.use({ requested: reserved }, async (slot) => {
          const arrived = systemClock.now();
          await sleep(callMs);
          made.push({ arrived, replied: systemClock.now() });
          slot.update({ usage: used });
        });
      }
    };
    await Promise.all(Array.from({ length: workers }, work));
    return made;
  }

  /** So many holders at once, each of which acquires again inside while all of them hold. Says how many have ended. */
  async nest(times: number, outer: Amounts, inner: Amounts): Promise<number> {
    let holding = 0;
    const all = Array.from({ length: times }, () =>
      this.limits.use({ requested: outer }, async (slot) => {
        slot.update({ usage: outer });
        holding += 1;
        while (holding < times) await sleep(1);
        return this.limits.use({ requested: inner }, (nested) => nested.update({ usage: inner }));
      }),
    );
    return (await Promise.all(all)).length;
  }
}

const none = { tokens: 0 };

async function main({ set, pool, taskQueue }: RemoteOrder): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' });
  const limits = pool === undefined ? LimitSet.fromJSON(set ?? { limits: [] }) : LimitPool.fromJSON(pool);
  const worker = await Worker.create({
    connection,
    namespace: process.env['TEMPORAL_NAMESPACE'] ?? 'default',
    taskQueue,
    activities: {
      nested: limited(() => currentLimits().use({ requested: none }, (slot) => slot.update({ usage: none })), {
        requested: () => none,
        usage: () => none,
      }),
    },
    plugins: [new LimitsPlugin({ limits, hostLimiter: false })],
  });
  const remote = new Remote(limits);
  process.on('message', ({ id, what, args }: { id: number; what: keyof Remote; args: unknown[] }) => {
    const action = remote[what] as unknown as (...args: unknown[]) => Promise<unknown>;
    Reflect.apply(action, remote, args).then(
      (result) => process.send?.({ id, result }),
      (error: unknown) => process.send?.({ id, error: String(error) }),
    );
  });
  process.once('disconnect', () => process.exit());
  const running = worker.run();
  process.send?.('ready');
  await running;
}

main(JSON.parse(process.argv[2] ?? '') as RemoteOrder).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
