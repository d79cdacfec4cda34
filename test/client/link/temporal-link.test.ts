import { defaultPayloadConverter, type PayloadCodec } from '@temporalio/common';
import type { Client } from '@temporalio/client';
import { checkSet } from '../../../src/acquire/set/set-settings';
import { Reachability } from '../../../src/client/link/reachability';
import { TemporalLink } from '../../../src/client/link/temporal-link';
import type { Sync } from '../../../src/limiter/protocol/wire';
import { EncryptingCodec } from '../../support/encrypting-codec';
import { FakeClock } from '../../support/fake-clock';

const { definition } = checkSet({ limits: [{ kind: 'resource', key: 'slots', capacity: 1 }] });

/** A link of a client with these codecs to a limiter that runs on that queue, what it starts and what it complains of. */
function aLink(payloadCodecs: PayloadCodec[], describe: () => Promise<{ taskQueue: string }>, status = 'RUNNING') {
  const started: string[] = [];
  const complaints: string[] = [];
  const looked = jest.fn(async () => ({ status: { name: status }, ...(await describe()) }));
  const client = {
    options: {
      namespace: 'default',
      loadedDataConverter: { payloadConverter: defaultPayloadConverter, payloadCodecs },
    },
    withDeadline: (_: number, call: () => unknown) => call(),
    workflow: {
      signalWithStart: async (_: string, options: { taskQueue: string }) => started.push(options.taskQueue),
      getHandle: () => ({ describe: looked }),
    },
  };
  const connect = async (): Promise<Client> => client as unknown as Client;
  const link = new TemporalLink('openai', definition, connect, new Reachability(new FakeClock()));
  link.onMisfit = (detail) => complaints.push(detail);
  const send = async (id: string): Promise<void> => {
    await link.send({ queue: '', client: id } as Sync);
    await new Promise(setImmediate);
  };
  return { started, complaints, looked, send };
}

it('starts a limiter where hosts encode as this client does', async () => {
  const { started, complaints, looked, send } = aLink([new EncryptingCodec()], async () => ({
    taskQueue: 'temporal-limits:binary/encrypted',
  }));
  await send('a');
  await send('a');
  expect(started).toEqual(['temporal-limits:binary/encrypted', 'temporal-limits:binary/encrypted']);
  expect([complaints, looked.mock.calls.length]).toEqual([[], 1]);
});

it('says of a limiter that is encoded otherwise what is to be done', async () => {
  const { complaints, started, send } = aLink([], async () => ({ taskQueue: 'temporal-limits:binary/encrypted' }));
  await send('a');
  // it might grant what nobody would hear of
  expect(started).toEqual([]);
  expect(complaints).toEqual([
    'limits:openai runs on the task queue temporal-limits:binary/encrypted, but this process encodes its messages for ' +
      'temporal-limits. Give all clients of the set and their workers the same data converter, or terminate ' +
      'limits:openai to start over',
  ]);
});

it('looks again after a server that did not tell, and for each new client', async () => {
  const queues = [Promise.reject(new Error('permission denied')), Promise.resolve({ taskQueue: 'temporal-limits' })];
  const { looked, send } = aLink([], () => queues.shift() ?? Promise.resolve({ taskQueue: 'temporal-limits' }));
  for (const id of ['a', 'a', 'a', 'b', 'b']) await send(id);
  expect(looked).toHaveBeenCalledTimes(3);
});

test('starts a limiter anew in its own way where one that was encoded otherwise has completed', async () => {
  const { complaints, started, send } = aLink([], async () => ({ taskQueue: 'temporal-limits:other' }), 'COMPLETED');
  await send('a');
  expect(started).toEqual(['temporal-limits']);
  expect(complaints).toEqual([]);
});
