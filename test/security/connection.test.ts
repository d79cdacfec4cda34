import { DefaultLogger, Runtime, type NativeConnection, type Worker } from '@temporalio/worker';
import { LimitsPlugin } from '../../src/activities/index';
import { connectTemporal } from '../../src/batch/temporal/connect-temporal';
import { defaultClient } from '../../src/client/link/environment';
import { TlsServer } from '../support/tls-server';

const API_KEY = 'the-api-key-of-the-tenant';

let server: TlsServer;
const before = process.env;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  server = await TlsServer.start();
});

beforeEach(() => {
  server.calls.length = 0;
  process.env = { ...before, ...server.environment(API_KEY) };
});

afterEach(() => {
  process.env = before;
});

afterAll(() => server.stop());

/** Calls came, each with the certificate and the key. */
function expectTrusted(): void {
  expect(server.calls.length).toBeGreaterThan(0);
  for (const { client, headers } of server.calls) {
    expect(client).toBe('the client');
    expect(headers.authorization).toBe(`Bearer ${API_KEY}`);
  }
}

/** A worker without interceptors, which has been given this connection. */
const workerWith = (connection: NativeConnection | undefined): Worker =>
  ({ connection, options: { interceptors: { activity: [] } } }) as unknown as Worker;

describe('the standard connection config, with a client certificate and an API key, is used by', () => {
  it('limit sets without a client of their own', async () => {
    const client = await defaultClient();
    expect(client.options.namespace).toBe('tenant');
    await client.workflowService.getSystemInfo({});
    await client.connection.close();
    expectTrusted();
  });

  it('the batch', async () => {
    const { namespace, close } = await connectTemporal({});
    expect(namespace).toBe('tenant');
    await close();
    expectTrusted();
  });

  it('a worker of the plugin that was given no connection', async () => {
    const plugin = new LimitsPlugin({ hostLimiter: false });
    const { connection, namespace } = await plugin.configureWorker({ taskQueue: 'work' });
    expect(namespace).toBe('tenant');
    const close = jest.spyOn(connection!, 'close');
    await plugin.runWorker(workerWith(connection), async () => {
      expect(close).not.toHaveBeenCalled();
    });
    expect(close).toHaveBeenCalledTimes(1);
    expectTrusted();
  });

  it('no worker that was given a connection or a namespace of its own', async () => {
    const plugin = new LimitsPlugin();
    const connection = { close: jest.fn() } as unknown as NativeConnection;
    const own = await plugin.configureWorker({ taskQueue: 'work', connection });
    expect([own.connection, own.namespace]).toEqual([connection, undefined]);
    await plugin.runWorker(workerWith(connection), async () => undefined);
    expect(connection.close).not.toHaveBeenCalled();

    const other = await plugin.configureWorker({ taskQueue: 'work', namespace: 'own' });
    expect(other.namespace).toBe('own');
    await other.connection?.close();
  });
});

it('without the certificate nobody is let in', async () => {
  delete process.env['TEMPORAL_TLS_CLIENT_CERT_PATH'];
  delete process.env['TEMPORAL_TLS_CLIENT_KEY_PATH'];
  const refused = await connectTemporal({}).catch((error: unknown) => error);
  expect(refused).toMatchObject({ message: expect.stringContaining('Temporal does not answer at 127.0.0.1') });
  expect(String((refused as Error).stack)).not.toContain(API_KEY);
  expect(server.calls).toEqual([]);
});
