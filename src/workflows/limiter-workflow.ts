import {
  ActivityCancellationType,
  condition,
  continueAsNew,
  log,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { Allocator, type Delivery } from '../limiter/allocator';
import type { Push, Sync } from '../limiter/wire';
import { Alarm } from './alarm';
import { leaseQuery, statsQuery, syncSignal, type LimiterInput, type PushActivities } from './protocol';
import { isPushQueue } from './push-queue';

/** Before the server would ask for it: short histories replay fast. */
const DEFAULT_MAX_EVENTS = 4_000;
/** A run ends with the completion of its last workflow task and the event that names the next run. */
const CLOSING_EVENTS = 2;
/** Most pushes under way to one client; what changes meanwhile goes with the next. */
const MAX_PUSHES = 2;
/** Most pushes kept for clients that ask by query. */
const MAX_MAIL = 256;

/**
 * The limiter of one limit set: a singleton workflow, started by the first sync, that owns the set's capacity. It hears
 * signals, tells clients their leases by an activity on each client's own task queue, and answers queries.
 */
export async function limiterWorkflow(input: LimiterInput): Promise<void> {
  const { definition, state, events = 0, maxEvents = DEFAULT_MAX_EVENTS } = input;
  const allocator = state === undefined ? new Allocator(definition, Date.now()) : Allocator.restore(state, Date.now());
  const alarm = new Alarm();
  const inbox: Sync[] = [];
  const underWay = new Map<string, number>();
  const mail = new Map<string, Push>();
  let pushes = 0;

  setHandler(syncSignal, (sync) => {
    inbox.push(sync);
  });
  setHandler(statsQuery, (now) => ({
    ...Allocator.restore(allocator.snapshot(), now).stats(Math.max(now, Date.now())),
    events: events + workflowInfo().historyLength,
    definition: allocator.definition,
  }));
  setHandler(leaseQuery, (client) => mail.get(client) ?? null);

  const deliver = ({ queue, push }: Delivery): void => {
    if (!isPushQueue(queue)) {
      keepMail(mail, push);
      return;
    }
    const { limitsPush } = proxyActivities<PushActivities>({
      taskQueue: queue,
      scheduleToStartTimeout: '5s',
      startToCloseTimeout: '5s',
      cancellationType: ActivityCancellationType.ABANDON,
      retry: { maximumAttempts: 1 },
    });
    underWay.set(push.client, (underWay.get(push.client) ?? 0) + 1);
    pushes += 1;
    void limitsPush(push)
      .then((sync) => {
        if (sync !== undefined) inbox.push(sync);
      })
      // the client's next sync shows what it missed
      .catch(() => undefined)
      .then(() => {
        pushes -= 1;
        const left = (underWay.get(push.client) ?? 1) - 1;
        if (left === 0) underWay.delete(push.client);
        else underWay.set(push.client, left);
      });
  };

  for (;;) {
    const now = Date.now();
    for (const sync of inbox.splice(0)) allocator.receive(sync, now);
    alarm.rang = false;
    alarm.set(allocator.advance(now));
    for (const delivery of allocator.publish(now, (client) => (underWay.get(client) ?? 0) < MAX_PUSHES))
      deliver(delivery);
    await condition(() => inbox.length > 0 || alarm.rang || hasRoomAgain());
    if (inbox.length === 0 && isLong()) break;
  }
  log.debug('limiter continues as new', { events: workflowInfo().historyLength });
  await continueAsNew<typeof limiterWorkflow>({
    definition: allocator.definition,
    state: allocator.snapshot(),
    events: events + workflowInfo().historyLength + CLOSING_EVENTS,
    maxEvents,
  });

  /** Whether the run has got long; a quiet moment is waited for, but not for ever. */
  function isLong(): boolean {
    const { historyLength, continueAsNewSuggested } = workflowInfo();
    return continueAsNewSuggested || historyLength > maxEvents * (pushes === 0 ? 1 : 1.2);
  }

  function hasRoomAgain(): boolean {
    return isLong() || allocator.hasNews((client) => (underWay.get(client) ?? 0) < MAX_PUSHES);
  }
}

/** Keeps the newest push to each of the clients heard of last. */
function keepMail(mail: Map<string, Push>, push: Push): void {
  mail.delete(push.client);
  mail.set(push.client, push);
  const oldest = mail.keys().next().value;
  if (mail.size > MAX_MAIL && oldest !== undefined) mail.delete(oldest);
}
