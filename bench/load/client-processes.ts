import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type Order, type Seen } from './clients';

/** Processes whose clients load one limiter. */
export class ClientProcesses {
  private constructor(readonly children: readonly ChildProcess[]) {}

  /** Starts as many as there are orders. Their clients begin together, once all of them are there. */
  static async start(orders: readonly Order[]): Promise<ClientProcesses> {
    const children = orders.map((order) =>
      fork(require.resolve('./clients'), [JSON.stringify(order)], { execArgv: ['--import', 'tsx'] }),
    );
    await Promise.all(children.map((child) => once(child, 'message')));
    for (const child of children) child.send('begin');
    return new ClientProcesses(children);
  }

  /** What all of them have seen since they were asked last. */
  async ask(): Promise<Seen> {
    const all = await Promise.all(
      this.children.map(async (child) => {
        child.send('report');
        const [seen] = (await once(child, 'message')) as [Seen];
        return seen;
      }),
    );
    const faults: Record<string, number> = {};
    for (const [what, times] of all.flatMap((seen) => Object.entries(seen.faults))) {
      faults[what] = (faults[what] ?? 0) + times;
    }
    return {
      acquisitions: all.flatMap((seen) => seen.acquisitions),
      syncMs: all.flatMap((seen) => seen.syncMs),
      faults,
    };
  }

  async stop(): Promise<void> {
    for (const child of this.children) child.disconnect();
    await Promise.all(this.children.map((child) => once(child, 'exit')));
  }
}
