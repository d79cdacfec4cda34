import { serveDashboard } from '../dashboard/serve-dashboard';
import { type TargetOptions } from '../operate/target-options';
import { interrupted, withLazyClient } from './lazy-client';

export interface DashboardCommandOptions extends TargetOptions {
  readonly port?: number;
  readonly host?: string;
  readonly allowHost?: readonly string[];
  readonly allowChanges: boolean;
  readonly token?: string | undefined;
  readonly ui?: string;
}

/** Serves the dashboard until this process is told to end. */
export async function dashboardCommand(options: DashboardCommandOptions): Promise<void> {
  const { port, host, allowHost, allowChanges, token, ui, ...target } = options;
  await withLazyClient(target, async (client, address) => {
    const dashboard = await serveDashboard(client, {
      address,
      mayChange: allowChanges,
      ...(port !== undefined && { port }),
      ...(host !== undefined && { host }),
      ...(allowHost !== undefined && { allowHosts: allowHost }),
      ...(token !== undefined && { token }),
      ...(ui !== undefined && { ui }),
    });
    process.stdout.write(`${dashboard.url}\n`);
    await interrupted();
    await dashboard.close();
  });
}
