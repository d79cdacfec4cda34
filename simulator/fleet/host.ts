import type { Candidate } from '../../src/limiter/pool/balancers';
import type { SetDefinition } from '../../src/limiter/definition/definition';
import { choose, type PoolPolicy, type PoolState } from '../../src/limiter/pool/pool';
import type { Fleet } from './fleet';
import type { SimulatedProcess } from './simulated-process';

/** Each host has the next of these. */
const BALANCERS = ['RoundRobin', 'Random', 'LeastWait'] as const;

/** A process as its machine sees it: a client of each set of the pool, which live and die together. */
export class Host {
  readonly processes: readonly SimulatedProcess[];
  readonly #policy: PoolPolicy;
  readonly #state: PoolState = { dispatched: 0 };

  constructor(
    readonly fleets: readonly Fleet[],
    definitions: readonly SetDefinition[],
    readonly index: number,
    readonly random: () => number,
  ) {
    this.processes = fleets.map((fleet, i) => fleet.join(definitions[i]!));
    this.#policy = {
      loadBalancing: BALANCERS[index % BALANCERS.length]!,
      workerIndex: index,
      failover: random() < 0.5,
    };
  }

  get isAlive(): boolean {
    return this.processes.every(({ isWorking }) => isWorking);
  }

  get clock(): SimulatedProcess['clock'] {
    return this.processes[0]!.clock;
  }

  /** The set that is to serve the next job, as a pool chooses it. */
  choose(): SimulatedProcess {
    const candidates = this.processes.map((process) => ({
      get wouldWaitMs(): number {
        const { supply } = process;
        const amounts = supply.definitions.map(({ kind }) => (kind === 'rate' ? 0 : 1));
        return supply.expectedWaitMs({ amounts, covers: amounts.map(() => true) });
      },
    }));
    const chosen = choose(this.#policy, this.#state, candidates, this.random);
    const process = this.processes[chosen]!;
    this.#report(chosen, process, candidates);
    return process;
  }

  #report(chosen: number, { client, supply }: SimulatedProcess, candidates: readonly Candidate[]): void {
    const { failover, loadBalancing } = this.#policy;
    // who takes nothing is kept back nowhere
    const takesNothing = supply.definitions.every(({ kind }) => kind === 'rate');
    if (takesNothing || !(failover || loadBalancing === 'LeastWait')) return;
    const hasRoomElsewhere = candidates.some(({ wouldWaitMs = Infinity }, i) => i !== chosen && wouldWaitMs <= 0);
    for (const { chosen: report } of this.fleets[chosen]!.watches)
      report?.(client.suspension?.ms ?? 0, hasRoomElsewhere);
  }
}
