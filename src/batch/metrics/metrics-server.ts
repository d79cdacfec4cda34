import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { reasonOf } from '../errors/exit-code';
import { UsageError } from '../errors/errors';

const TEXT = { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' };

/** Serves metrics until it is closed. */
export interface MetricsServer {
  /** As `http://127.0.0.1:9465/metrics`. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves metrics to Prometheus. They are collected once at a time, however many clients scrape them.
 *
 * @param collect What is served: text for Prometheus. If it fails, the answer is 503 and says why.
 * @param port 0 for any that is free
 * @throws {UsageError} if it cannot listen there
 */
export async function serveMetrics(
  collect: () => Promise<string>,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<MetricsServer> {
  let collecting: Promise<string> | undefined;
  const server = createServer((request, response) => {
    // Prometheus may add a query
    if (!['GET', 'HEAD'].includes(request.method ?? '') || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404, TEXT).end('GET /metrics has the metrics.\n');
      return;
    }
    collecting ??= collect().finally(() => (collecting = undefined));
    collecting.then(
      (text) => response.writeHead(200, TEXT).end(text),
      (error: unknown) => response.writeHead(503, TEXT).end(`${reasonOf(error)}\n`),
    );
  });
  server.listen(port, host);
  await once(server, 'listening').catch((error: unknown) => {
    throw new UsageError(`cannot serve metrics at ${host}:${port}: ${reasonOf(error)}`);
  });
  const { port: listening } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${listening}/metrics`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
