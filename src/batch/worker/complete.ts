import { Context } from '@temporalio/activity';
import { currentLimits } from '../../activities/context/current';
import { heartbeating } from '../../activities/context/heartbeat';
import { type Acquisition } from '../../acquire/set/acquisition';
import { type Amounts } from '../../limiter/request/request';
import { RECALLED, type Completion } from '../../workflows/batch/batch-protocol';
import { type ItemUsage } from '../../workflows/batch/item-result';
import { type BatchSet, type OtherUnits } from '../config/config';
import { mostOf } from '../config/counted-units';
import { itemFailure } from './item-failure';
import { type AskProvider, type ChatRequest, connectProvider } from './provider';
import { redact } from './redact';
import { type WorkCounter } from './work-counters';

/** A prompt whose tokens have been counted. */
interface CountedRequest extends ChatRequest {
  /** What it requests, by unit. */
  readonly requested: ItemUsage;
}

/**
 * Answers one request as an activity does: within the limits, heartbeating, and failing in Temporal's terms.
 *
 * `recalled` ends the wait for the limits; a request that has been started goes on.
 */
export type Complete = (read: () => Promise<CountedRequest>, recalled?: AbortSignal) => Promise<Completion>;

/** What answers requests at one set. Each attempt acquires anew. */
export function completer(set: BatchSet, units: OtherUnits, apiKey: string, counter: WorkCounter): Complete {
  const ask = connectProvider(set.config, apiKey, units);
  return async (read, recalled) => {
    const context = Context.current();
    const { attempt } = context.info;
    let prompt = '';
    const complete = async (): Promise<Completion> => {
      // read before anything is acquired: what is acquired is to be started at once
      const request = await read();
      ({ prompt } = request);
      return { ...(await acquireAndAsk({ set, request, ask, counter, recalled })), attempts: attempt };
    };
    if (attempt > 1) counter.retried();
    try {
      return await heartbeating(context, complete());
    } catch (error) {
      if (context.cancellationSignal.aborted) throw error;
      const failure = itemFailure(error, { attempt, redact: (message) => redact(message, prompt, apiKey) });
      if (failure.type !== RECALLED) counter.failed(failure.type ?? 'Error');
      throw failure;
    }
  };
}

interface Attempt {
  readonly set: BatchSet;
  readonly request: CountedRequest;
  readonly ask: AskProvider;
  readonly counter: WorkCounter;
  readonly recalled: AbortSignal | undefined;
}

async function acquireAndAsk(attempt: Attempt): Promise<Omit<Completion, 'attempts'>> {
  const { set, request, ask, counter, recalled } = attempt;
  const { cancellationSignal } = Context.current();
  const expected = request.requested;
  const requested = ofSet(set, expected);
  let begunAt: number | undefined;
  let wasRefused = false;
  let used = requested;
  counter.waits();
  try {
    return await currentLimits().use({ requested, signal: recalled }, async (slot) => {
      begunAt = performance.now();
      counter.acquired(requested);
      const reply = await ask(request, AbortSignal.any([cancellationSignal, slot.signal])).catch((error: unknown) => {
        wasRefused = error instanceof Error && 'status' in error && error.status === 429;
        throw error;
      });
      const usage = { ...expected, ...reply.usage };
      used = reportUsage(set, slot, usage);
      return { text: reply.text, usage };
    });
  } finally {
    if (begunAt === undefined) counter.gaveUp();
    else counter.ended(performance.now() - begunAt, wasRefused, used);
  }
}

/** The amounts of those units that the set's limits count. */
function ofSet({ limits }: BatchSet, usage: ItemUsage): Amounts {
  return Object.fromEntries(Object.entries(usage).filter(([unit]) => mostOf(limits, unit) < Infinity));
}

/**
 * Where a limit rejects overage it is not charged, but the answer is there and has been paid for. No more is charged than
 * a full window: a count that is out of all reason would keep the set waiting for as many windows as it likes.
 */
function reportUsage({ limits }: BatchSet, slot: Acquisition, usage: ItemUsage): Amounts {
  const rejecting = limits.filter((limit) => limit.kind === 'rate' && limit.overage === 'reject');
  const told = Object.entries<number>({ ...usage }).flatMap(([unit, used]): [string, number][] => {
    const requested = slot.requested[unit];
    if (requested === undefined) return [];
    const most = mostOf(rejecting, unit) < Infinity ? requested : Math.max(requested, mostOf(limits, unit));
    return [[unit, Math.min(used, most)]];
  });
  const reported = Object.fromEntries(told);
  slot.update({ usage: reported });
  return reported;
}
