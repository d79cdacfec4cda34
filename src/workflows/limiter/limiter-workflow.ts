import {
  ActivityCancellationType,
  CancellationScope,
  condition,
  log,
  makeContinueAsNewFunc,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
  ApplicationFailure,
} from '@temporalio/workflow';
import { runAddress, type RunAddress } from '../../limiter/protocol/address';
import { Allocator } from '../../limiter/allocator/allocator';
import { Completion } from '../../limiter/allocator/completion';
import type { AllocatorSnapshot } from '../../limiter/allocator/snapshot/snapshot';
import type { SetDefinition } from '../../limiter/definition/definition';
import { unpack } from '../../limiter/allocator/snapshot/packed';
import { withinBudget } from '../../limiter/allocator/snapshot/snapshot-budget';
import type { Sync } from '../../limiter/protocol/wire';
import { failing } from '../support/failure';
import { WakeTimer } from '../support/timers';
import { hearAnswers } from './heard-answers';
import { PushDeliveries } from './push-deliveries';
import {
  LIMITER_TASK_TIMEOUT,
  controlUpdate,
  endedSignal,
  inspectQuery,
  leaseQuery,
  statsQuery,
  syncSignal,
  type HostActivities,
  type LimiterInput,
  type UnreadablePayload,
} from './protocol';
import { definitionFault, plainDefinition } from '../../limiter/definition/definition-check';
import { describeValue } from '../../limiter/errors/describe-value';

/** A run ends with the completion of its last workflow task and the event that names the next run. */
const CLOSING_EVENTS = 2;
/** Most workflow runs that one activity asks after. */
const MAX_PROBED = 200;
/** Of a run that was started without a number. */
const DEFAULT_MAX_EVENTS = 1_000;
/** A run that begins with the state of so many is this long at the least, for each of them, up to that number. */
const EVENTS_FOR_EACH_CLIENT = 4;
/** How late a timer of the server may be; a host that wakes the limiter later than that is not waited for. Unit: milliseconds. */
const TIMER_LATE_MS = 1_000;

/** On the limiters' own task queue, where the workers that run limiters serves it. */
const { limitsProbe } = proxyActivities<HostActivities>({
  scheduleToStartTimeout: '5s',
  startToCloseTimeout: '10s',
  cancellationType: ActivityCancellationType.ABANDON,
  retry: { maximumAttempts: 1 },
});

/**
 * The limiter of one limit set: a singleton workflow that owns the set's capacity. The first sync starts it. It
 * receives signals, pushes leases to its clients, and answers queries. It completes when it has nothing left to
 * remember.
 */
export async function limiterWorkflow(input: LimiterInput): Promise<void> {
  const { definition, events, maxEvents, endsAfterMs, ...rest } = limiterInput(input, isContinued());
  const state = unpack(rest.state) as AllocatorSnapshot | undefined;
  const longest = longestRun(maxEvents, state?.clients.length);
  const allocator = newAllocator(definition, state);
  const alarm = new WakeTimer((ms) => sleepFor(ms, allocator));
  const heard = hearAnswers();
  const inbox: Sync[] = [];
  /** Addresses of those that have ended. */
  const gone: string[] = [];
  const deliveries = new PushDeliveries({
    onAnswered: (tookMs) => allocator.answered(tookMs),
    onReply: (sync) => inbox.push(sync),
    onDelivered: (push) => allocator.delivered(push),
    onGone: (run) => gone.push(runAddress(run)),
  });
  listen({ allocator, deliveries, inbox, gone, alarm, eventsBefore: events });

  const completion = new Completion(Date.now(), endsAfterMs);
  for (let turn = 0; ; turn += 1) {
    const now = Date.now();
    for (const sync of inbox.splice(0)) allocator.receive(heard(sync), now);
    if (gone.length > 0) allocator.ended(gone.splice(0), now);
    probe(allocator.unconfirmed(now), gone);
    alarm.hasFired = false;
    // a run that begins with all that piled up meanwhile may be long from the start: it, too, is to get somewhere
    if (turn > 0 && isLong(longest)) {
      // what happens just as a run ends has the server refuse that end, and the whole run is replayed
      alarm.stop();
      if (!deliveries.awaitsAnswers(now, allocator)) break;
    } else {
      const nextAt = allocator.advance(now);
      for (const delivery of allocator.publish(now, deliveries.underWay)) deliveries.send(delivery);
      setCurrentDetails(allocator.summary(now));
      const endsAt = deliveries.endsAt(completion.endsAt(allocator, now), now, allocator);
      if (endsAt <= now) return;
      alarm.set(Math.min(nextAt, endsAt));
    }
    await condition(() => inbox.length > 0 || gone.length > 0 || alarm.hasFired || mayGoOn());
  }
  log.debug('limiter continues as new', { events: workflowInfo().historyLength });
  // one that an earlier release has started would keep the time it was given then
  const goOn = makeContinueAsNewFunc<typeof limiterWorkflow>({ workflowTaskTimeout: LIMITER_TASK_TIMEOUT });
  await goOn({
    definition: allocator.definition,
    state: withinBudget(allocator.snapshot()),
    events: events + workflowInfo().historyLength + CLOSING_EVENTS,
    maxEvents,
    endsAfterMs,
  });

  function mayGoOn(): boolean {
    return isLong(longest) ? !deliveries.awaitsAnswers(Date.now(), allocator) : allocator.hasNews(deliveries.underWay);
  }
}

/** What its signals go to, and its queries are answered from. */
interface Handled {
  readonly allocator: Allocator;
  readonly deliveries: PushDeliveries;
  readonly inbox: Sync[];
  readonly gone: string[];
  /** Has the limiter hand out anew. */
  readonly alarm: WakeTimer;
  /** History events of the runs before. */
  readonly eventsBefore: number;
}

function listen({ allocator, deliveries, inbox, gone, alarm, eventsBefore }: Handled): void {
  const asOf = (now: number): number => queriedMoment(now, Date.now(), alarm.at);
  setHandler(syncSignal, (sync) => void inbox.push(sync));
  setHandler(endedSignal, (address) => {
    // a client that queries has no address
    if (typeof address === 'string' && address !== '') gone.push(address);
  });
  setHandler(statsQuery, (now) => ({
    ...allocator.stats(asOf(now)),
    events: eventsBefore + workflowInfo().historyLength,
    definition: allocator.definition,
  }));
  setHandler(inspectQuery, (options, now) => allocator.inspect(options, asOf(now)));
  setHandler(
    controlUpdate,
    (request) => {
      alarm.hasFired = true;
      return failing(() => allocator.change(request, Date.now()));
    },
    {
      validator: (request) => {
        failing(() => {
          allocator.checkChange(request, Date.now());
        });
      },
    },
  );
  setHandler(leaseQuery, (client) => deliveries.latestPush(client) ?? null);
}

/**
 * The moment that a query is answered for. The limiter has seen the time only as of its last task, so who asks says what time
 * it is. A clock that is ahead may be wrong: the limiter would have woken if its next turn had come.
 */
export function queriedMoment(asked: number, seen: number, wakesAt: number): number {
  return Math.max(seen, Math.min(asked, wakesAt - 1));
}

/** Has a worker find out which of these runs are closed. If none can, they keep what they have. */
function probe(runs: readonly RunAddress[], gone: string[]): void {
  for (let from = 0; from < runs.length; from += MAX_PROBED) {
    const asked = runs.slice(from, from + MAX_PROBED);
    void limitsProbe(asked)
      .then((closed) => gone.push(...asked.filter(({ runId }) => closed.includes(runId)).map(runAddress)))
      .catch(() => undefined);
  }
}

/**
 * A timer of the server is late by up to a second. Where that is much, the limiter's host sleeps for it; of a longer wait for
 * the rest, once a timer has ended before it.
 */
async function sleepFor(ms: number, { pacing }: Allocator): Promise<void> {
  if (pacing.exactMs === 0) return sleep(ms);
  if (ms > pacing.exactMs) return sleep(ms - TIMER_LATE_MS);
  const { limitsWake } = proxyActivities<HostActivities>({
    scheduleToStartTimeout: TIMER_LATE_MS,
    startToCloseTimeout: ms + TIMER_LATE_MS,
    cancellationType: ActivityCancellationType.ABANDON,
    retry: { maximumAttempts: 1 },
  });
  // not cancelled with its scope: the SDK fails the task of a run that hears how an activity ended which it has cancelled
  await CancellationScope.nonCancellable(() => limitsWake(ms)).catch(() => {
    // no host could: it is as late by now as a timer of the server would have been
  });
}

function newAllocator(definition: SetDefinition, state: AllocatorSnapshot | undefined): Allocator {
  if (state !== undefined) return Allocator.restore(state, Date.now());
  return new Allocator(definition, Date.now(), workflowInfo().startTime.getTime());
}

/** Whether another run has gone before this one. */
function isContinued(): boolean {
  const { firstExecutionRunId, runId } = workflowInfo();
  return firstExecutionRunId !== runId;
}

/** Whether the run has got so long that it begins nothing any more, and ends as soon as nothing is under way. */
function isLong(longest: number): boolean {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  return continueAsNewSuggested || historyLength > longest;
}

/**
 * How long a run may get before it continues as new. A run is replayed as a whole when another worker takes it over, or when
 * a signal comes just as it ends, and the limiter stands still for as long: a second of processor time for 1,500 events. But
 * a run begins with the state of every client, so many clients have longer ones. Unit: events.
 */
export function longestRun(maxEvents: number, clients = 0): number {
  return Math.max(maxEvents, Math.min(EVENTS_FOR_EACH_CLIENT * clients, DEFAULT_MAX_EVENTS));
}

/** Long enough that a set in use now and then keeps its limiter, short enough that sets used once leave none open. */
const DEFAULT_ENDS_AFTER_MS = 600_000;

/**
 * A limiter's input with nothing left open.
 *
 * @param isContinued Whether a run before this one wrote it.
 * @throws ApplicationFailure that fails the run, for a first run that a client started with nonsense: the next client starts
 * another. An error that failed the task instead would keep the limiter's id for a run that never does anything.
 * @throws Error that fails the workflow task, which is tried again, for an input that this host cannot read: another host can,
 * and a limiter started in its place would begin with empty windows.
 */
export function limiterInput(
  input: unknown,
  isContinued: boolean,
): LimiterInput & Required<Pick<LimiterInput, 'events' | 'maxEvents' | 'endsAfterMs'>> {
  const given = (input ?? {}) as LimiterInput & Partial<UnreadablePayload>;
  const { unreadableEncoding, definition, state, events = 0 } = given;
  const { maxEvents = DEFAULT_MAX_EVENTS, endsAfterMs = DEFAULT_ENDS_AFTER_MS } = given;
  if (unreadableEncoding !== undefined) {
    throw new Error(
      `This host cannot read the limiter's state: it is encoded as ${describeValue(unreadableEncoding)}. ` +
        'A host with the data converter that wrote it can; this limiter waits for one.',
    );
  }
  // the state of a run before is not thrown away, whatever is wrong with it
  const fault = state === undefined ? definitionFault(definition) : undefined;
  if (fault !== undefined) throw invalid(`definition: ${fault}`, isContinued);
  const numbers = { events, maxEvents, endsAfterMs };
  for (const [name, value] of Object.entries(numbers))
    if (!Number.isFinite(value)) throw invalid(`${name}: ${describeValue(value)} is not a number`, isContinued);
  return { ...given, ...numbers, definition: state === undefined ? plainDefinition(definition) : definition };
}

function invalid(what: string, isContinued: boolean): Error {
  return isContinued
    ? new Error(`This host cannot read the limiter's state: ${what}. This limiter waits for a host that can.`)
    : ApplicationFailure.nonRetryable(`Cannot start the limiter: ${what}`, 'InvalidLimiterInput');
}
