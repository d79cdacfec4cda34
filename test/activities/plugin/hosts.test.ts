import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { shareHost, type HostOptions } from '../../../src/activities/plugin/hosts';
import { pushQueue } from '../../../src/client/link/push-registry';
import { LIMITER_TASK_QUEUE } from '../../../src/workflows/limiter/protocol';
import { EncryptingCodec } from '../../support/encrypting-codec';
import { rawPayload } from '../../support/raw-signals';

const warn = jest.fn();
jest.mock('@temporalio/worker', () => ({
  Worker: { create: jest.fn() },
  Runtime: { instance: () => ({ logger: { warn: (message: string) => warn(message) as unknown } }) },
}));

jest.mock('../../../src/activities/plugin/workflow-code', () => ({ workflowCode: async () => ({ code: '' }) }));

/** A worker that runs until it is shut down, or made to fail. */
class FakeWorker {
  #state = 'RUNNING';
  #end = (_error?: Error): void => undefined;
  readonly #ended = new Promise<void>((resolve, reject) => {
    this.#end = (error) => {
      this.#state = error === undefined ? 'STOPPED' : 'FAILED';
      if (error === undefined) resolve();
      else reject(error);
    };
  });

  readonly options: WorkerOptions;

  constructor(options: WorkerOptions) {
    this.options = { identity: '7@here', ...options };
  }

  run(): Promise<void> {
    return this.#ended;
  }

  getState(): string {
    return this.#state;
  }

  shutdown(): void {
    this.#end();
  }

  fail(error: Error): void {
    this.#end(error);
  }
}

let workers: FakeWorker[];

const create = async (options: WorkerOptions): Promise<Worker> => {
  const worker = new FakeWorker(options);
  workers.push(worker);
  return worker as unknown as Worker;
};

beforeEach(() => {
  workers = [];
  jest.mocked(Worker.create).mockImplementation(create);
});

const connect = (): NativeConnection =>
  ({
    workflowService: {
      describeNamespace: async ({ namespace }: { namespace: string }) => ({
        namespaceInfo: { id: `id of ${namespace}` },
      }),
    },
  }) as unknown as NativeConnection;

function needs(options: Partial<HostOptions> = {}): HostOptions {
  const [connection, namespace] = [connect(), 'default'];
  return { connection, namespace, dataConverter: undefined, hostLimiter: false, limiterBundle: undefined, ...options };
}

const limiters = () => workers.filter(({ options }) => options.taskQueue.startsWith(LIMITER_TASK_QUEUE));
const running = () => workers.filter((worker) => worker.getState() === 'RUNNING').length;

describe('workers on one connection', () => {
  it('share what runs beside them until the last of them ends', async () => {
    const need = needs({ hostLimiter: true });
    const [first, second] = [await shareHost(need), await shareHost({ ...need, dataConverter: {} })];
    expect([workers.length, second.pushQueue]).toEqual([2, first.pushQueue]);
    await first.stop();
    expect(running()).toBe(2);
    await second.stop();
    expect(running()).toBe(0);
  });

  it('get limiters also where the first of them wanted none', async () => {
    const need = needs();
    const hosts = [await shareHost(need), await shareHost({ ...need, hostLimiter: true })];
    expect([workers.length, limiters().length]).toEqual([2, 1]);
    await hosts[1]?.stop();
    expect([limiters()[0]?.getState(), running()]).toEqual(['STOPPED', 1]);
    await hosts[0]?.stop();
  });

  it.each([
    ['in another namespace', { namespace: 'tenant' }],
    ['with another data converter', { dataConverter: { payloadCodecs: [new EncryptingCodec()] } }],
  ])('share nothing with one %s', async (_, other) => {
    const need = needs({ hostLimiter: true });
    const hosts = [await shareHost(need), await shareHost({ ...need, ...other })];
    expect([workers.length, limiters().length]).toEqual([4, 2]);
    expect(workers.filter(({ options }) => options.namespace === 'tenant')).toHaveLength('namespace' in other ? 2 : 0);
    await Promise.all(hosts.map((host) => host.stop()));
  });
});

it('limiters are hosted on the queue of the way in which their host reads and writes', async () => {
  const hosts = [
    await shareHost(needs({ hostLimiter: true })),
    await shareHost(needs({ hostLimiter: true, dataConverter: { payloadCodecs: [new EncryptingCodec()] } })),
  ];
  expect(limiters().map(({ options }) => options.taskQueue)).toEqual([
    'temporal-limits',
    'temporal-limits:binary/encrypted',
    'temporal-limits',
  ]);
  await Promise.all(hosts.map((host) => host.stop()));
});

it('limiters of plain JSON always have a host that reads and writes plain, one for each connection', async () => {
  const need = needs({ hostLimiter: true });
  const dataConverter = { payloadCodecs: [new EncryptingCodec()] };
  const hosts = [await shareHost({ ...need, dataConverter })];
  const [own, plain] = limiters();
  expect(own?.options.dataConverter?.payloadCodecs).toContain(dataConverter.payloadCodecs[0]);
  expect(plain?.options.taskQueue).toBe('temporal-limits');
  expect(plain?.options.dataConverter?.payloadCodecs).toHaveLength(1);
  expect(pushQueue('id of default', 'temporal-limits')).not.toBe('');
  // the SDK refuses a second worker on a queue of the same connection
  const failureConverterPath = 'failures';
  hosts.push(await shareHost({ ...need, dataConverter: { failureConverterPath } }), await shareHost(need));
  hosts.push(await shareHost({ ...need, dataConverter: { payloadCodecs: [new EncryptingCodec()] } }));
  expect(limiters()).toHaveLength(2);
  await Promise.all(hosts.map((host) => host.stop()));
  expect(running()).toBe(0);
});

it('a host that cannot read a limiter says so once: which host, which limiter, why, what to do', async () => {
  warn.mockClear();
  const host = await shareHost(needs({ hostLimiter: true }));
  const [codec] = limiters()[0]?.options.dataConverter?.payloadCodecs ?? [];
  const context = (workflowId: string) => ({ type: 'workflow', namespace: 'default', workflowId }) as const;
  for (const name of ['limits:a', 'limits:a', 'limits:b']) {
    await codec?.decode([rawPayload('binary/encrypted', '')], context(name));
  }
  expect(warn.mock.calls).toEqual([
    [
      expect.stringMatching(
        /^Host 7@here on temporal-limits: cannot read .+ limits:a, .+ "binary\/encrypted".+ the same data converter, and the plugin .+\.$/,
      ),
    ],
    [expect.stringContaining('limits:b')],
  ]);
  await host.stop();
});

describe('a worker for pushes that has failed', () => {
  const broken = new Error('broken');

  it('leaves the process to ask, is replaced for the next that needs one, and is reported by the stop', async () => {
    const need = needs({ hostLimiter: true });
    const host = await shareHost(need);
    expect(pushQueue('id of default', LIMITER_TASK_QUEUE)).toBe(host.pushQueue);
    workers[0]?.fail(broken);
    await new Promise(setImmediate);
    expect(pushQueue('id of default', LIMITER_TASK_QUEUE)).toBe('');

    const next = await shareHost(need);
    expect(pushQueue('id of default', LIMITER_TASK_QUEUE)).toBe(next.pushQueue);
    await expect(host.stop()).rejects.toBe(broken);
    expect(running()).toBe(2);
    await next.stop();
    expect(running()).toBe(0);
  });

  it('does not keep the limiters from being stopped', async () => {
    const host = await shareHost(needs({ hostLimiter: true }));
    workers[0]?.fail(broken);
    await expect(host.stop()).rejects.toBe(broken);
    expect(running()).toBe(0);
  });
});

it('limiters that cannot start leave no worker behind', async () => {
  const refused = new Error('no such namespace');
  const { connection, ...need } = needs({ hostLimiter: true });
  jest.mocked(Worker.create).mockImplementation(async (options) => {
    if (options.taskQueue === LIMITER_TASK_QUEUE) throw refused;
    return create(options);
  });
  await expect(shareHost({ connection, ...need })).rejects.toBe(refused);
  expect([workers.length, running()]).toEqual([1, 0]);
});
