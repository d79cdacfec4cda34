import { Client, Connection, type ClientOptions } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { UNINTERRUPTED } from '../../src/activities/plugin/uninterrupted';
import { shareHost, type Host } from '../../src/activities/plugin/hosts';
import { workflowCode } from '../../src/activities/plugin/workflow-code';
import { type DevServer, type DevServerOptions } from '../../src/client/dev-server/dev-server';
import type { LimitSetJSON } from '../../src/client/sets/limit-set-options';
import { LimitSet } from '../../src/client/sets/limit-set';
import { LIMITER_TASK_QUEUE } from '../../src/workflows/limiter/protocol';
import { startServer } from './server';

let runtimeIsInstalled = false;

/** A Temporal server of its own, with connections to it. */
export class TemporalForTests {
  readonly #sets: LimitSet[] = [];
  readonly #hosts = new Set<Host>();

  private constructor(
    readonly server: DevServer,
    readonly native: NativeConnection,
    readonly connection: Connection,
    readonly client: Client,
  ) {}

  static async start(options?: DevServerOptions): Promise<TemporalForTests> {
    if (!runtimeIsInstalled) Runtime.install({ logger: new DefaultLogger('ERROR') });
    runtimeIsInstalled = true;
    const server = await startServer(options);
    const native = await NativeConnection.connect({ address: server.address });
    const connection = await Connection.connect({ address: server.address, interceptors: [] });
    return new TemporalForTests(server, native, connection, new Client({ connection, namespace: server.namespace }));
  }

  /** Runs what hears pushes and, if asked, the limiters. */
  async host(hostLimiter = true, dataConverter?: DataConverter): Promise<Host> {
    const host = await shareHost({
      connection: this.native,
      namespace: this.server.namespace,
      dataConverter,
      hostLimiter,
      limiterBundle: await workflowCode(),
    });
    return this.#untilStopped(() => host.stop());
  }

  /** Runs limiters where no push is heard: whatever this process is told, it has to ask for. */
  async limiterOnly(): Promise<Host> {
    const worker = await Worker.create({
      connection: this.native,
      namespace: this.server.namespace,
      taskQueue: LIMITER_TASK_QUEUE,
      ...UNINTERRUPTED,
      workflowBundle: await workflowCode(),
      stickyQueueScheduleToStartTimeout: '1s',
    });
    const ended = worker.run();
    return this.#untilStopped(async () => {
      worker.shutdown();
      await ended;
    });
  }

  /** A set as in a process of its own: sets are shared within one client, not between clients. */
  set(options: LimitSetJSON, clientOptions: ClientOptions = {}): LimitSet {
    const client = new Client({ connection: this.connection, namespace: this.server.namespace, ...clientOptions });
    const set = new LimitSet({ ...options, mode: 'temporal', client });
    this.#sets.push(set);
    return set;
  }

  async closeSets(): Promise<void> {
    await Promise.all(this.#sets.splice(0).map((set) => set.close()));
  }

  /** Stops what still runs: processes first, because they give back what they hold while there is somebody to take it. */
  async stop(): Promise<void> {
    await this.closeSets();
    for (const host of this.#hosts) await host.stop();
    await this.native.close();
    await this.connection.close();
    await this.server.stop();
  }

  /** Of those that a test has not stopped itself, the rest are stopped with everything else. */
  #untilStopped(stop: () => Promise<void>): Host {
    const host: Host = {
      stop: async () => {
        if (this.#hosts.delete(host)) await stop();
      },
    };
    this.#hosts.add(host);
    return host;
  }
}
