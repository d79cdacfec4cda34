import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { Provider } from '../provider/provider';
import { type LimiterOrder } from '../workload/limiter-process';
import { bundleRelease, type Release } from '../workload/release';
import { type FromWorker, type ToWorker, type WorkerOrder } from '../workload/worker-process';
import { KillableServer } from './killable-server';
import { Link } from './link';
import { Member } from './member';

const WORKERS = 3;

/** A worker process, and its way to the server. */
export class WorkerMember extends Member<WorkerOrder> {
  constructor(
    name: string,
    order: WorkerOrder,
    readonly link: Link,
  ) {
    super(name, require.resolve('../workload/worker-process'), order, { TEMPORAL_ADDRESS: link.address });
  }

  override send(message: ToWorker): void {
    super.send(message);
  }

  /** Its next message, which has to be of one of these types. */
  async receives<Type extends FromWorker['type']>(...types: Type[]): Promise<Extract<FromWorker, { type: Type }>> {
    const message = await this.receive<FromWorker>();
    const isExpected = types.some((type) => type === message.type);
    if (!isExpected) throw new Error(`${this.name} sent '${message.type}', not '${types.join("' or '")}'`);
    return message as Extract<FromWorker, { type: Type }>;
  }
}

/** A server with a database file, a provider, workers that share its limits, and a process that runs the limiters. */
export class Cluster {
  private constructor(
    readonly folder: string,
    readonly server: KillableServer,
    readonly provider: Provider,
    readonly workers: readonly [WorkerMember, WorkerMember, WorkerMember],
    readonly limiter: Member<LimiterOrder>,
    private readonly bundles: Readonly<Record<Release, string>>,
    private readonly connection: Connection,
  ) {}

  static async start(): Promise<Cluster> {
    const folder = await mkdtemp(join(tmpdir(), 'temporal-limits-chaos-'));
    const [server, provider, current, next] = await Promise.all([
      KillableServer.start(folder),
      Provider.start(),
      bundleRelease('this', folder),
      bundleRelease('next', folder),
    ]);
    const bundles = { this: current, next };
    const order: WorkerOrder = { release: 'this', version: 1, providerUrl: provider.url, bundle: current };
    const links = await Promise.all(Array.from({ length: WORKERS }, () => Link.open(server.port)));
    const workers = links.map((link, i) => new WorkerMember(`worker ${i + 1}`, order, link));
    const limiter = limiterMember(server.address, current);
    await Promise.all([...workers, limiter].map((member: Member) => member.start()));
    const connection = await Connection.connect({ address: server.address, interceptors: [] });
    const three = workers as [WorkerMember, WorkerMember, WorkerMember];
    return new Cluster(folder, server, provider, three, limiter, bundles, connection);
  }

  /** Sees the server from outside, past the links. It tries everything once. */
  get client(): Client {
    return new Client({ connection: this.connection });
  }

  /** The workflow code of a release. */
  bundleOf(release: Release): string {
    return this.bundles[release];
  }

  /** A further process that runs limiters. */
  async startLimiter(release: Release): Promise<Member> {
    const member = limiterMember(this.server.address, this.bundles[release]);
    await member.start();
    return member;
  }

  /** What has gone wrong with its processes, and that nobody has made them do. */
  get accidents(): readonly string[] {
    return [...this.workers, this.limiter].flatMap(({ accident }) => accident ?? []);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.workers, this.limiter].map((member) => member.stop()));
    await Promise.all(this.workers.map(({ link }) => link.close()));
    await this.connection.close();
    await this.provider.stop();
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function limiterMember(address: string, bundle: string): Member<LimiterOrder> {
  const program = require.resolve('../workload/limiter-process');
  return new Member('the limiters', program, { bundle }, { TEMPORAL_ADDRESS: address });
}
