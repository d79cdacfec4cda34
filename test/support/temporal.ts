import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, type WorkflowBundle } from '@temporalio/worker';
import { shareHost, type Host } from '../../src/activities/hosts';
import { startDevServer, type DevServer } from '../../src/client/dev-server';

let bundle: Promise<WorkflowBundle> | undefined;
let runtimeIsInstalled = false;

/** The workflow entry, bundled once for all tests of a file. */
export function limiterBundle(): Promise<WorkflowBundle> {
  bundle ??= bundleWorkflowCode({
    workflowsPath: require.resolve('../../src/workflows/index'),
    logger: new DefaultLogger('ERROR'),
  });
  return bundle;
}

/** A Temporal server of its own, with connections to it. */
export class TemporalForTests {
  private constructor(
    readonly server: DevServer,
    readonly native: NativeConnection,
    readonly connection: Connection,
    readonly client: Client,
  ) {}

  static async start(): Promise<TemporalForTests> {
    if (!runtimeIsInstalled) Runtime.install({ logger: new DefaultLogger('ERROR') });
    runtimeIsInstalled = true;
    const server = await startDevServer();
    const native = await NativeConnection.connect({ address: server.address });
    const connection = await Connection.connect({ address: server.address, interceptors: [] });
    return new TemporalForTests(server, native, connection, new Client({ connection }));
  }

  /** Runs what hears pushes and, if asked, the limiters. */
  async host(hostLimiter = true): Promise<Host> {
    return shareHost({
      connection: this.native,
      namespace: this.server.namespace,
      dataConverter: undefined,
      hostLimiter,
      limiterBundle: await limiterBundle(),
    });
  }

  async stop(): Promise<void> {
    await this.native.close();
    await this.connection.close();
    await this.server.stop();
  }
}
