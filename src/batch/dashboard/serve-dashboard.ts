import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { createAdaptorServer } from '@hono/node-server';
import type { Client } from '@temporalio/client';
import { LimitsAdmin } from '../../client/admin/limits-admin';
import { UsageError } from '../errors/errors';
import { isLoopback, namesOf } from './access';
import { readAssets } from './assets';
import { dashboardApp } from './dashboard-app';
import type { DashboardSource } from './dashboard-data';

/** Where the dashboard listens, and what it allows. */
export interface ServeOptions {
  /** @default 7240 */
  readonly port?: number;
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** Further names by which it may be asked for. */
  readonly allowHosts?: readonly string[];
  /** @default false */
  readonly mayChange?: boolean;
  /** @default a random one */
  readonly token?: string;
  /** Where Temporal's own UI is. @default Temporal Cloud's, or that of a dev server on this machine */
  readonly ui?: string;
  /** The Temporal server's address, as it is shown. */
  readonly address: string;
}

export interface RunningDashboard {
  /** Where it is, with the token where one is needed. */
  readonly url: string;
  close(): Promise<void>;
}

const DEFAULT_PORT = 7240;
/** A server that is there answers sooner. Unit: milliseconds. */
const PING_MS = 2_000;

/** @throws {UsageError} if the address is taken or none of this machine's */
export async function serveDashboard(client: Client, options: ServeOptions): Promise<RunningDashboard> {
  return listen(sourceOf(client), client.options.namespace, options);
}

function sourceOf(client: Client): DashboardSource {
  return {
    admin: new LimitsAdmin({ client }),
    ping: () => client.withDeadline(Date.now() + PING_MS, () => client.workflowService.getSystemInfo({})),
  };
}

/** Serves what a source has. */
export async function listen(
  source: DashboardSource,
  namespace: string,
  options: ServeOptions,
): Promise<RunningDashboard> {
  const { port = DEFAULT_PORT, host = '127.0.0.1', mayChange = false, address } = options;
  const token = options.token ?? randomBytes(24).toString('base64url');
  const ui = options.ui ?? uiOf(address);
  const isOwn = isLoopback(host);
  const app = dashboardApp({
    ...source,
    access: { hosts: namesOf(host, options.allowHosts), isLoopback: isOwn, mayChange, token },
    about: { address, namespace, ...(ui !== undefined && { ui: ui.replace(/\/+$/, '') }) },
    assets: readAssets(),
  });
  const server = createAdaptorServer({ fetch: app.fetch });
  server.listen(port, host);
  await once(server, 'listening').catch((error: unknown) => {
    throw new UsageError(
      `the dashboard cannot listen at ${host}:${port}${HINTS[(error as { code: string }).code] ?? ''}`,
    );
  });
  const listening = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${name}:${listening.port}/${isOwn && !mayChange ? '' : `#token=${token}`}`,
    close: async () => {
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
    },
  };
}

const HINTS: Readonly<Record<string, string>> = {
  EADDRINUSE: ': something else does; pass --port with another one, or 0 for any that is free',
  EACCES: ': pass --port with one over 1023',
  EADDRNOTAVAIL: ': pass --host with an address of this machine',
};

/** Where Temporal's UI is, for a server that is known to have one. */
function uiOf(address: string): string | undefined {
  if (/\.(?:tmprl\.cloud|api\.temporal\.io)(?::\d+)?$/.test(address)) return 'https://cloud.temporal.io';
  return /^(?:localhost|127\.0\.0\.1):7233$/.test(address) ? 'http://localhost:8233' : undefined;
}
