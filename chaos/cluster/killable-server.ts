import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type DevServer, startDevServer } from '../../src/client/dev-server/dev-server';
import { obtainTemporal } from '../../scripts/support/obtain-temporal';

/** A Temporal server with a database file, which can be killed and is then started again on that file. */
export class KillableServer {
  private constructor(
    private readonly folder: string,
    private running: DevServer,
  ) {}

  static async start(folder: string): Promise<KillableServer> {
    return new KillableServer(folder, await start(folder));
  }

  get address(): string {
    return this.running.address;
  }

  get port(): number {
    return portOf(this.running);
  }

  /** Kills the server itself, with `kill -9`: nothing is written that was not written yet. */
  async kill(): Promise<void> {
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,args=']);
    const isIt = new RegExp(`^\\s*(\\d+) \\S*temporal server start-dev .*--port ${this.port} `, 'm');
    const pid = isIt.exec(stdout)?.[1];
    if (pid === undefined) throw new Error(`no server listens at port ${this.port}`);
    process.kill(Number(pid), 'SIGKILL');
    await this.running.ended;
  }

  async startAgain(): Promise<void> {
    this.running = await start(this.folder, this.port);
  }

  stop(): Promise<void> {
    return this.running.stop();
  }
}

/** Also where another server is configured: this one is killed. */
async function start(folder: string, port?: number): Promise<DevServer> {
  return startDevServer({
    source: await obtainTemporal({ environment: { ...process.env, TEMPORAL_ADDRESS: '' } }),
    ...{ dbFilename: join(folder, 'temporal.db'), namespace: 'default' },
    ...(port !== undefined && { port }),
  });
}

function portOf({ address }: DevServer): number {
  return Number(address.slice(address.lastIndexOf(':') + 1));
}
