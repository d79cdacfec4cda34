import { once } from 'node:events';
import { createServer } from 'node:http';
import { reasonOf } from '../errors/exit-code';
import { isLoopback, isOneOf, namesOf } from '../serve/host-names';
import { listenAt, type ListenOptions } from '../serve/listen-at';

const TEXT = { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' };

/** Serves metrics until it is closed. */
export interface MetricsServer {
  /** As `http://127.0.0.1:9465/metrics`. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves metrics to Prometheus. They are collected once at a time, however many clients scrape them. What only this machine
 * reaches is not for a page from elsewhere: it answers 403 to another name.
 *
 * @param collect What is served: text for Prometheus. If it fails, the answer is 503 and says why.
 * @throws {UsageError} if it cannot listen there
 */
export async function serveMetrics(collect: () => Promise<string>, options: ListenOptions): Promise<MetricsServer> {
  const { host } = options;
  const names = namesOf(host);
  let collecting: Promise<string> | undefined;
  const server = createServer((request, response) => {
    // Prometheus may add a query
    if (!['GET', 'HEAD'].includes(request.method ?? '') || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404, TEXT).end('GET /metrics has the metrics.\n');
      return;
    }
    if (isLoopback(host) && !isOneOf(names, request.headers.host)) {
      response.writeHead(403, TEXT).end('This name is none of this machine: pass --host to serve others.\n');
      return;
    }
    collecting ??= collect().finally(() => (collecting = undefined));
    collecting.then(
      (text) => response.writeHead(200, TEXT).end(text),
      (error: unknown) => response.writeHead(503, TEXT).end(`${reasonOf(error)}\n`),
    );
  });
  const origin = await listenAt(server, 'the server of metrics', options);
  return {
    url: `${origin}/metrics`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
