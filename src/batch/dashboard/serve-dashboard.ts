import { randomBytes } from 'node:crypto';
import { createAdaptorServer } from '@hono/node-server';
import type { Client } from '@temporalio/client';
import { listenAt } from '../serve/listen-at';
import { reachedAt } from './access';
import { readAssets } from './assets';
import { dashboardApp } from './dashboard-app';
import type { DashboardSource } from './dashboard-data';
import { temporalSource } from './temporal-source';

/** Where the dashboard listens, and what it allows. */
export interface ServeOptions {
  /** @default 7240 */
  readonly port?: number;
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** Further names by which it may be asked for, with the port that a browser sees unless it is the usual one. */
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

/** @throws {UsageError} if the address is taken or none of this machine's, or a further name is none */
export async function serveDashboard(client: Client, options: ServeOptions): Promise<RunningDashboard> {
  return listen(temporalSource(client), client.options.namespace, options);
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
  const reached = reachedAt(host, options.allowHosts);
  const app = dashboardApp({
    ...source,
    access: { ...reached, mayChange, token },
    about: { address, namespace, ...(ui !== undefined && { ui: ui.replace(/\/+$/, '') }) },
    assets: readAssets(),
  });
  const server = createAdaptorServer({ fetch: app.fetch });
  const origin = await listenAt(server, 'the dashboard', { host, port });
  return {
    url: `${origin}/${reached.isLoopback && !mayChange ? '' : `#token=${token}`}`,
    close: async () => {
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
    },
  };
}

/** Where Temporal's UI is, for a server that is known to have one. */
function uiOf(address: string): string | undefined {
  if (/\.(?:tmprl\.cloud|api\.temporal\.io)(?::\d+)?$/.test(address)) return 'https://cloud.temporal.io';
  return /^(?:localhost|127\.0\.0\.1):7233$/.test(address) ? 'http://localhost:8233' : undefined;
}
