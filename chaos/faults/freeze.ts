import { setTimeout as sleep } from 'node:timers/promises';
import { LEASE_MS } from '../cluster/limits';
import { type WorkerMember } from '../cluster/cluster';
import { underLoad } from '../under-load';

/** A message, a workflow task and a push, on a busy machine. */
const ON_THE_WAY_MS = 30_000;

/**
 * A worker stands still for two leases, with calls under way and seats in its hands. Others get its permits and its seats.
 * When it continues, the holders of its seats learn that they have none, and what they write is refused.
 */
export const freeze = underLoad(
  'SIGSTOP beyond the lease',
  `lease ${LEASE_MS / 1_000} s`,
  async ({ workers, provider }) => {
    const [frozen, other] = workers;
    // both seats there are
    const stale: number[] = [];
    while (stale.length < 2) stale.push(await takeSeat(frozen, stale));
    const begun = performance.now();
    frozen.freeze();
    const token = await takeSeat(other);
    const waitedMs = performance.now() - begun;
    await sleep(2 * LEASE_MS - waitedMs);
    check(await provider.write(token), 'the new holder of a seat is not taken for one');
    frozen.thaw();
    const lost = [await frozen.receives('lost'), await frozen.receives('lost')].map((message) => message.token);
    check(
      stale.every((former) => lost.includes(former)),
      `${lost.join()} learned of their loss, not ${stale.join()}`,
    );
    check(waitedMs < LEASE_MS + ON_THE_WAY_MS, `a seat went to another after ${(waitedMs / 1_000).toFixed(1)} s only`);
    for (const former of stale) {
      check(former < token, `the fencing token of a new holder is ${token}, that of a former one was ${former}`);
      check(!(await provider.write(former)), 'a former holder of a seat could write');
    }
    for (const worker of [frozen, other]) worker.send({ type: 'leave the seats' });
  },
);

/** Takes a seat. A busy machine can be late for a lease before anything stands still: seats that are lost meanwhile go from `held`. */
async function takeSeat(worker: WorkerMember, held: number[] = []): Promise<number> {
  worker.send({ type: 'take a seat' });
  for (;;) {
    const { type, token } = await worker.receives('seated', 'lost');
    if (type === 'seated') return token;
    held.splice(held.indexOf(token), 1);
  }
}

function check(holds: boolean, fault: string): void {
  if (!holds) throw new Error(fault);
}
