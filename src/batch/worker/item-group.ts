import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure, Context } from '@temporalio/activity';
import { withEitherSignal } from '../../acquire/gate/either-signal';
import { heartbeating } from '../../activities/context/heartbeat';
import { retryDelayMs } from '../../limiter/retry/retry-delay';
import {
  MAX_ATTEMPTS,
  RECALLED,
  requestedBy,
  type IndexedItem,
  type ItemOutcome,
  type NotServed,
} from '../../workflows/batch/batch-protocol';
import { ItemReader } from '../files/input';
import { type Complete, type Elsewhere } from './complete';
import { type Outbox } from './outbox';
import { type Recalls } from './recalls';
import { NOT_SERVED } from './served-watch';

/** Waits before an item is tried again, where its provider does not say how long. */
const RETRY = { algorithm: 'Exponential', waitMs: 1_000, jitter: 0.2 } as const;
const LONGEST_WAIT_MS = 30_000;

/** What does the items of one set. */
export interface ItemWorker {
  readonly set: string;
  readonly complete: Complete;
  readonly recalls: Recalls;
  readonly outbox: Outbox;
  /** Told of a probe that has been at the provider for a second. */
  readonly takesLong: () => void;
}

/**
 * Does items side by side, and returns the outcome of each, in their order. If one is given back because it was asked back,
 * so are all that have not been started.
 */
export function completeItems(
  worker: ItemWorker,
  file: string,
  items: readonly IndexedItem[],
  isProbe: boolean,
): Promise<readonly ItemOutcome[]> {
  const { recalls, takesLong } = worker;
  const probe = isProbe ? { takesLong } : undefined;
  const input = new ItemReader(file);
  const outcomes = items.map(async (item) => {
    const outcome = await recalls.listen(item.id, (recalled) =>
      completeItem(worker, input, item, { probe, recalled, isAlone: items.length === 1 }),
    );
    // it would wait for what of its group has not been started either
    if (isAskedBack(outcome)) recalls.recall(items.map(({ id }) => id));
    return outcome;
  });
  // what cannot be closed has been read all the same
  void Promise.allSettled(outcomes).then(() => input.close().catch(() => undefined));
  return heartbeating(Context.current(), Promise.all(outcomes));
}

function isAskedBack(outcome: ItemOutcome): boolean {
  return typeof outcome === 'object' && outcome.notServed === undefined && outcome.retryMs === undefined;
}

interface ItemOptions extends Elsewhere {
  /** Whether no other item of its group waits for it: then it is tried again here. */
  readonly isAlone: boolean;
}

/** Tries an item until it is answered, given up or given back. */
async function completeItem(
  worker: ItemWorker,
  input: ItemReader,
  item: IndexedItem,
  { isAlone, ...elsewhere }: ItemOptions,
): Promise<ItemOutcome> {
  const { set, complete, outbox } = worker;
  const { id, attemptsBefore = 0, retry } = item;
  const { recalled } = elsewhere;
  const read = async () => ({ ...(await input.read(item)), requested: requestedBy(item) });
  let [attempt, waitMs] = [retry?.attempts ?? 0, retry?.waitMs ?? 0];
  for (;;) {
    if (waitMs > 0 && !(await waited(waitMs, recalled))) return { attempts: attempt };
    attempt += 1;
    const attempts = attemptsBefore + attempt;
    const reply = await complete(read, attempt, elsewhere).catch(asFailure);
    if (!(reply instanceof ApplicationFailure)) {
      await outbox.write({ id, ok: true, set, ...reply, attempts });
      return true;
    }
    const { type, message } = reply;
    if (type === RECALLED) return { attempts: attempt - 1 };
    if (type === NOT_SERVED) return givenBack(reply);
    if (reply.nonRetryable === true || attempt >= MAX_ATTEMPTS) {
      await outbox.write({ id, ok: false, set, error: { type: type ?? 'Error', message }, attempts });
      return false;
    }
    waitMs = waitFor(reply, attempt);
    if (!isAlone) return { attempts: attempt, retryMs: waitMs };
  }
}

/** @throws what is no failure of the item's: the group has been cancelled */
function asFailure(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  throw error;
}

function givenBack({ details }: ApplicationFailure): ItemOutcome {
  const [attempts, notServed] = details as [number, NotServed];
  return { attempts, notServed };
}

/** How long to wait before the next attempt: as long as the provider says, if it does. Unit: milliseconds. */
function waitFor({ nextRetryDelay }: ApplicationFailure, attempt: number): number {
  return Number(nextRetryDelay ?? Math.min(LONGEST_WAIT_MS, retryDelayMs(RETRY, attempt, Math.random())));
}

/** Waits before an attempt. False if the item is asked back meanwhile. */
async function waited(ms: number, recalled: AbortSignal): Promise<boolean> {
  const { cancellationSignal, cancelled } = Context.current();
  const wait = withEitherSignal(recalled, cancellationSignal, (signal) => sleep(ms, undefined, { signal }));
  await Promise.race([wait, cancelled]).catch((error: unknown) => {
    if (!recalled.aborted) throw error;
  });
  return !recalled.aborted;
}
