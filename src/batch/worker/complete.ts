import { Context } from '@temporalio/activity';
import { currentLimits } from '../../activities/context/current';
import { withEitherSignal } from '../../acquire/gate/either-signal';
import { type Acquisition } from '../../acquire/set/acquisition';
import { type Amounts } from '../../limiter/request/request';
import { presentTime } from '../../client/link/system-clock';
import { readObservation, type Observation } from '../../limiter/feedback/observation';
import { RECALLED } from '../../workflows/batch/batch-protocol';
import { type ItemUsage } from '../../workflows/batch/item-result';
import { type BatchSet, type OtherUnits } from '../config/config';
import { mostOf } from '../config/counted-units';
import { itemFailure, failureElsewhere } from './item-failure';
import { type AskProvider, type ChatRequest, connectProvider } from './provider';
import { redact } from './redact';
import { NOT_SERVED, type ServedWatch } from './served-watch';
import { type WorkCounter } from './work-counters';

/** A prompt whose tokens have been counted. */
interface CountedRequest extends ChatRequest {
  /** What it requests, by unit. */
  readonly requested: ItemUsage;
}

/** For a request that another set may do as well. */
export interface Elsewhere {
  /** Ends the wait for the limits; a request that has been started continues. */
  readonly recalled: AbortSignal;
  /** Where it finds out if the provider serves: then it waits until it may, and one attempt is enough. */
  readonly probe: Probe | undefined;
}

interface Probe {
  /** Told once it has been at the provider for a second. */
  readonly takesLong: () => void;
}

/** Who does not serve an account says so sooner. Unit: milliseconds. */
const LONG_MS = 1_000;

/** What a provider has answered. */
interface Completion {
  readonly text: string;
  readonly usage: ItemUsage;
}

/**
 * Makes one attempt at a request within the limits, and fails in Temporal's terms. Where it may be done elsewhere it fails as
 * `NotServed` once the provider does not serve the account.
 *
 * @param attempt The number of the attempt, from 1
 */
export type Complete = (
  read: () => Promise<CountedRequest>,
  attempt: number,
  elsewhere?: Elsewhere,
) => Promise<Completion>;

/** What answers requests at one set. Each attempt acquires anew. */
export function completer(
  set: BatchSet,
  units: OtherUnits,
  apiKey: string,
  counter: WorkCounter,
  watch: ServedWatch,
): Complete {
  const ask = connectProvider(set.config, apiKey, units);
  return async (read, attempt, elsewhere) => {
    const { cancellationSignal } = Context.current();
    let prompt = '';
    let observation: Observation | undefined;
    const observe = (answer: unknown): void => {
      observation = readObservation(answer, presentTime());
      if (observation.cause !== undefined) counter.met(observation.cause);
    };
    const complete = async (until?: AbortSignal): Promise<Completion> => {
      // read before anything is acquired: what is acquired is to be started at once
      const request = await read();
      ({ prompt } = request);
      return acquireAndAsk({ set, request, ask, counter, observe, until, probe: elsewhere?.probe });
    };
    const completeHere = async (): Promise<Completion> => {
      if (elsewhere === undefined) return complete();
      const { recalled, probe } = elsewhere;
      if (probe !== undefined) return complete(recalled);
      return watch.whileServed((unserved) => withEitherSignal(recalled, unserved, complete));
    };
    if (attempt > 1) counter.retried();
    try {
      return await completeHere();
    } catch (error) {
      if (cancellationSignal.aborted) throw error;
      const failure = itemFailure(error, { attempt, redact: (message) => redact(message, prompt, apiKey) });
      if (failure.type !== RECALLED && failure.type !== NOT_SERVED) counter.failed(failure.type ?? 'Error');
      if (elsewhere === undefined) throw failure;
      const isProbe = elsewhere.probe !== undefined;
      throw failureElsewhere(failure, { attempt, observation, isAside: watch.isAside, isProbe });
    }
  };
}

interface Attempt {
  readonly set: BatchSet;
  readonly request: CountedRequest;
  readonly ask: AskProvider;
  readonly counter: WorkCounter;
  /** Gets what the provider answered. */
  readonly observe: (answer: unknown) => void;
  /** Ends the wait for the limits. */
  readonly until: AbortSignal | undefined;
  readonly probe: Probe | undefined;
}

async function acquireAndAsk(attempt: Attempt): Promise<Completion> {
  const { set, request, ask, counter, observe, until, probe } = attempt;
  const { cancellationSignal } = Context.current();
  const expected = request.requested;
  const requested = ofSet(set, expected);
  let begunAt: number | undefined;
  let [wasRefused, timer]: [boolean, NodeJS.Timeout | undefined] = [false, undefined];
  let used = requested;
  counter.waits();
  try {
    return await currentLimits().use({ requested, signal: until }, async (slot) => {
      begunAt = performance.now();
      counter.acquired(requested);
      timer = probe && setTimeout(probe.takesLong, LONG_MS);
      const hear = (answer: unknown): void => {
        observe(answer);
        slot.observe(answer);
      };
      const reply = await withEitherSignal(cancellationSignal, slot.signal, (aborted) =>
        ask(request, aborted, hear),
      ).catch((error: unknown) => {
        wasRefused = error instanceof Error && 'status' in error && error.status === 429;
        throw error;
      });
      const usage = { ...expected, ...reply.usage };
      used = reportUsage(set, slot, usage);
      return { text: reply.text, usage };
    });
  } finally {
    clearTimeout(timer);
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
