import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { checkSet } from '../../../src/acquire/set/set-settings';
import { deliverPush, pushQueue, registerClient, servePushes } from '../../../src/client/link/push-registry';
import { Reachability } from '../../../src/client/link/reachability';
import { TemporalLink } from '../../../src/client/link/temporal-link';
import type { Push, Sync } from '../../../src/limiter/protocol/wire';
import { LIMITER_TASK_QUEUE } from '../../../src/workflows/limiter/protocol';
import { FakeClock } from '../../support/fake-clock';

const { definition } = checkSet({ limits: [{ kind: 'resource', key: 'slots', capacity: 1 }] });
let leave: () => void;

beforeEach(() => {
  leave = servePushes('pushes', 'id of a', LIMITER_TASK_QUEUE);
});

afterEach(() => {
  leave();
});

/** A link to a namespace at a server that knows these ids, and the queues that it has told its limiter. */
function aLink(namespace: string, ids: Readonly<Record<string, string>>) {
  const told: string[] = [];
  const client = {
    options: { namespace, loadedDataConverter: { payloadConverter: defaultPayloadConverter, payloadCodecs: [] } },
    workflowService: {
      describeNamespace: jest.fn(async (asked: { namespace: string }) => {
        const id = ids[asked.namespace];
        if (id === undefined) throw new Error('permission denied');
        return { namespaceInfo: { id } };
      }),
    },
    withDeadline: (_: number, call: () => unknown) => call(),
    workflow: {
      signalWithStart: async (_: string, options: { signalArgs: [Sync] }) => told.push(options.signalArgs[0].queue),
      getHandle: () => ({ describe: async () => ({ status: { name: 'RUNNING' }, taskQueue: LIMITER_TASK_QUEUE }) }),
    },
  };
  const connect = async (): Promise<Client> => client as unknown as Client;
  const link = new TemporalLink('set', definition, connect, new Reachability(new FakeClock()));
  return { link, told, ids: client.workflowService.describeNamespace, send: () => link.send({ queue: '' } as Sync) };
}

describe('a limiter is told', () => {
  it('where this process hears pushes from its namespace, with the first that it is told', async () => {
    const { link, told, ids, send } = aLink('a', { a: 'id of a' });
    await send();
    await send();
    expect(told).toEqual(['pushes', 'pushes']);
    expect(link.queue).toBe('pushes');
    expect(ids).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['another namespace', 'b', { a: 'id of a', b: 'id of b' }],
    ['a namespace of the same name at another server', 'a', { a: 'id of another a' }],
    ['a namespace of which nobody says what it is', 'a', {}],
    ['a namespace that has no id', 'a', { a: '' }],
  ])('nothing of a queue that is served in %s', async (_, namespace, ids) => {
    const { link, told, send } = aLink(namespace, ids);
    await send();
    expect(told).toEqual(['']);
    expect(link.queue).toBe('');
  });

  it('of no queue whose worker encodes otherwise', async () => {
    const { told, send } = aLink('a', { a: 'id of a' });
    const leaveSecond = servePushes('second', 'id of a', 'temporal-limits:binary/encrypted');
    await send();
    leaveSecond();
    expect(told).toEqual(['pushes']);
  });

  it('of no queue whose worker is gone, and of the one before', async () => {
    const { told, send } = aLink('a', { a: 'id of a' });
    const leaveSecond = servePushes('second', 'id of a', LIMITER_TASK_QUEUE);
    await send();
    leaveSecond();
    await send();
    leave();
    await send();
    expect(told).toEqual(['second', 'pushes', '']);
  });
});

it('a namespace of which nobody knows what it is shares no queue with another such', () => {
  const leaveUnknown = servePushes('unknown', '', LIMITER_TASK_QUEUE);
  expect(pushQueue('', LIMITER_TASK_QUEUE)).toBe('');
  leaveUnknown();
});

describe('a client hears of a push', () => {
  const heard: Push[] = [];
  const push = { client: 'mine', now: 1_000 } as Push;
  let forget: () => void;

  beforeEach(() => {
    heard.length = 0;
    forget = registerClient('mine', (told) => {
      heard.push(told);
      return { seq: 7 } as Sync;
    });
  });

  afterEach(() => {
    forget();
  });

  it('when the server passed it on, and answers with it', () => {
    expect(deliverPush(push, 1_020)).toEqual({ seq: 7 });
    expect(heard).toEqual([{ client: 'mine', now: 1_020 }]);
  });

  it('when the limiter wrote it, where the server says less', () => {
    deliverPush(push, 990);
    expect(heard).toEqual([push]);
  });

  it.each([
    ['nothing', null],
    ['no object', 'push' as unknown as Push],
    ['one for another client', { ...push, client: 'other' }],
  ])('not of %s', (_, other) => {
    expect(deliverPush(other, 1_020)).toBeUndefined();
    expect(heard).toEqual([]);
  });
});
