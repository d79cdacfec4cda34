import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { UsageError } from '../../../src/batch/errors/errors';
import { serveMetrics, type MetricsServer } from '../../../src/batch/metrics/metrics-server';

let server: MetricsServer | undefined;

afterEach(() => server?.close());

const at = { host: '127.0.0.1', port: 0 };

it('serves what is collected, at /metrics and nowhere else', async () => {
  server = await serveMetrics(() => Promise.resolve('waiting 3\n'), at);
  const answer = await fetch(server.url);
  expect([answer.status, await answer.text()]).toEqual([200, 'waiting 3\n']);
  expect(answer.headers.get('content-type')).toContain('version=0.0.4');
  expect((await fetch(new URL('/', server.url))).status).toBe(404);
  expect((await fetch(server.url, { method: 'POST' })).status).toBe(404);
  // as Prometheus asks that was given params, and as others look whether it is there
  expect((await fetch(`${server.url}?a=b`)).status).toBe(200);
  expect((await fetch(server.url, { method: 'HEAD' })).status).toBe(200);
});

it('collects once for all who ask meanwhile, and anew for the next', async () => {
  let collected = 0;
  let finish = (): void => undefined;
  server = await serveMetrics(async () => {
    collected += 1;
    await new Promise<void>((resolve) => (finish = resolve));
    return `${collected}\n`;
  }, at);
  const { url } = server;
  const get = async () => (await fetch(url)).text();
  const both = Promise.all([get(), get()]);
  const waitFor = async (times: number) => {
    while (collected < times) await new Promise((resolve) => setImmediate(resolve));
  };
  await waitFor(1);
  // the second has arrived by the time that a third has been answered
  await fetch(new URL('/', url));
  finish();
  expect(await both).toEqual(['1\n', '1\n']);
  const next = get();
  await waitFor(2);
  finish();
  expect(await next).toBe('2\n');
});

it('says why nothing could be collected, and continues', async () => {
  const answers = [() => Promise.reject(new Error('Temporal does not answer')), () => Promise.resolve('ok\n')];
  server = await serveMetrics(() => answers.shift()!(), at);
  const answer = await fetch(server.url);
  expect([answer.status, await answer.text()]).toEqual([503, 'Temporal does not answer\n']);
  expect((await fetch(server.url)).status).toBe(200);
});

it('says where it cannot listen', async () => {
  server = await serveMetrics(() => Promise.resolve(''), at);
  const port = Number(new URL(server.url).port);
  await expect(serveMetrics(() => Promise.resolve(''), { ...at, port })).rejects.toThrow(UsageError);
});

it('listens nowhere rather than everywhere where the host is empty', async () => {
  const refused = serveMetrics(() => Promise.resolve(''), { host: '', port: 0 });
  await expect(refused).rejects.toThrow('the server of metrics cannot listen at an empty host: pass --host');
});

it.each([
  ['localhost:9465', 200],
  ['127.0.0.1', 200],
  ['evil.example.com:9465', 403],
])('that only this machine reaches answers by the name %s with %i', async (host, status) => {
  server = await serveMetrics(() => Promise.resolve('ok\n'), at);
  const [answer] = (await once(get(server.url, { headers: { host } }), 'response')) as [IncomingMessage];
  answer.resume();
  expect(answer.statusCode).toBe(status);
});

it('that others reach answers by every name', async () => {
  server = await serveMetrics(() => Promise.resolve('ok\n'), { ...at, host: '0.0.0.0' });
  const headers = { host: 'limits.monitoring.svc:9465' };
  const [answer] = (await once(get(server.url, { headers }), 'response')) as [IncomingMessage];
  answer.resume();
  expect(answer.statusCode).toBe(200);
});
