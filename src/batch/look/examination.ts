import { type Client } from '@temporalio/client';
import { type ListedSet } from '../../client/admin/limits-admin';
import { pollingNow } from '../../client/link/pollers';
import { LIMITER_TASK_QUEUE } from '../../workflows/limiter/protocol';
import { someAtOnce } from '../../client/link/some-at-once';
import { lookAtAll, type LookedAt, type Sets } from '../temporal/overview';
import { numberOf } from '../text/numbers';
import { type Finding } from './finding';
import { checked, silenceOf, silenceOfMore } from './findings';

/** Most limiters that are asked why they do not answer: those of one host are silent for one reason. */
const MOST_EXPLAINED = 50;

/** What is looked at. */
export interface Examined {
  readonly client: Client;
  readonly admin: Sets;
  readonly address: string;
  readonly namespace: string;
}

/** Looks for whatever may be wrong with the limits of a namespace. */
export async function examine({ client, admin, address, namespace }: Examined): Promise<Finding[]> {
  const { serverVersion } = await client.workflowService.getSystemInfo({});
  await client.workflowService.describeNamespace({ namespace });
  const looked = await lookAtAll(admin);
  const answered = looked.flatMap(({ inspection }) => inspection ?? []);
  return [
    { check: 'server', status: 'ok', message: `Temporal ${serverVersion} answers at ${address}` },
    { check: 'namespace', status: 'ok', message: `namespace ${JSON.stringify(namespace)} exists` },
    ...(await hosts(client, looked)),
    ...(await limiters(admin, looked)),
    ...checked(answered),
  ];
}

/** Who runs the limiters of each of their task queues. */
async function hosts(client: Client, sets: readonly ListedSet[]): Promise<Finding[]> {
  const queues = [...new Set([LIMITER_TASK_QUEUE, ...sets.map(({ taskQueue }) => taskQueue)])];
  return someAtOnce(queues, async (queue): Promise<Finding> => {
    const polling = await pollingNow(client, queue);
    const isNeeded = sets.some(({ taskQueue }) => taskQueue === queue);
    if (polling.length > 0) {
      const some = polling.slice(0, 3).join(', ') + (polling.length > 3 ? ', …' : '');
      const polls = numberOf(polling.length, 'process polls', 'processes poll');
      return { check: 'hosts', status: 'ok', message: `${polls} the task queue ${queue}: ${some}` };
    }
    const message = `no process has polled the task queue ${queue} for 70 s`;
    if (!isNeeded) return { check: 'hosts', status: 'notice', message: `${message}, and no limiter needs it` };
    const advice = 'start a worker with LimitsPlugin, or `temporal-limits worker`';
    return { check: 'hosts', status: 'wrong', message, advice };
  });
}

async function limiters(admin: Sets, looked: readonly LookedAt[]): Promise<Finding[]> {
  const silent = looked.filter(({ inspection }) => inspection === undefined);
  const count = looked.length - silent.length;
  const message = count === 1 ? '1 limiter runs and answers' : `${count} limiters run and answer`;
  const explained = silent.slice(0, MOST_EXPLAINED);
  const whys = await someAtOnce(explained, ({ set }) => admin.set(set).why());
  return [
    { check: 'limiters', status: 'ok', message },
    ...whys.flatMap(silenceOf),
    ...silenceOfMore(silent.length - explained.length),
  ];
}
