import type { RunAddress } from '../../src/limiter/protocol/address';
import type { Push, Sync } from '../../src/limiter/protocol/wire';
import { copy, Network, type NetworkOptions } from '../world/network';
import { streamOf } from '../world/random';
import { Transactions } from '../world/transactions';
import type { VirtualClock } from '../world/virtual-clock';
import type { FleetWatch } from './fleet-watch';
import { SimulatedLimiter } from './simulated-limiter';
import type { Charged } from './told-overage';

/** After so long a client gives a call up. Unit: milliseconds. */
const CALL_MS = 5_000;

/** Takes a push for one client; resolves with the reply. */
type Listener = (push: Push) => Promise<Sync | undefined>;

/** A workflow run that can be signalled while it is open. */
interface SignalledRun {
  readonly address: RunAddress;
  readonly isOpen: boolean;
  hear(push: Push): void;
}

interface ServerOptions extends NetworkOptions {
  readonly seed: number;
  readonly reloads: boolean;
  /** How long the limiter continues with nothing to remember. Unit: milliseconds. */
  readonly endsAfterMs: number;
  /** How long a transaction of a workflow takes. Unit: milliseconds. */
  readonly transactionMs: number;
  readonly watches: readonly FleetWatch[];
  /** The limiter has been told of usage above a request. */
  readonly charged: Charged;
  /** The limiter has done what there was to do. */
  readonly woke: () => void;
}

/** The Temporal server between the members of a fleet and their limiter. */
export class SimulatedServer {
  readonly network: Network;
  readonly transactions: Transactions;
  readonly limiter: SimulatedLimiter;
  /** Where pushes for a client go. */
  readonly #listeners = new Map<string, Listener>();
  readonly #runs = new Map<string, SignalledRun>();

  constructor(
    readonly world: VirtualClock,
    readonly options: ServerOptions,
  ) {
    const { seed, reloads, endsAfterMs, charged, woke, transactionMs } = options;
    this.network = new Network(world, streamOf(seed, 'network'), options);
    this.transactions = new Transactions(world, transactionMs);
    this.limiter = new SimulatedLimiter(world, {
      random: streamOf(seed, 'limiter'),
      transactions: this.transactions,
      reloads,
      endsAfterMs,
      deliver: (push) => this.#deliver(push),
      signal: (run, push) => this.#signalRun(run, push),
      probe: (runs) => this.#probe(runs),
      charged,
      woke,
    });
  }

  /** Pushes for a client are handed to its process from now on. */
  listen(client: string, listener: Listener): void {
    this.#listeners.set(client, listener);
  }

  /** Pushes for these clients have no listener any more. */
  hangUp(clients: Iterable<string>): void {
    for (const client of clients) this.#listeners.delete(client);
  }

  /** A workflow run has started. */
  started(run: SignalledRun): void {
    this.#runs.set(run.address.runId, run);
  }

  /** A message of a process on its way to the limiter. Rejects if it got lost; it may have arrived all the same. */
  async send(sync: Sync): Promise<void> {
    const message = copy(sync);
    const { network, limiter } = this;
    const arrivesAnyway = network.random() < 0.3;
    network.perhapsAgain(() => limiter.hear(copy(message)));
    const arrives = await network.carry();
    const isOpen = !network.isDown && !limiter.isClosing;
    if (isOpen && (arrives || arrivesAnyway)) await this.#stored(message);
    if (!arrives || !isOpen) throw new Error('lost');
  }

  /** A signal of a workflow run on its way to the limiter: the server sees to it that it arrives. */
  async signal(sync: Sync): Promise<void> {
    const message = copy(sync);
    do await this.world.sleep(this.network.delayMs());
    while (this.network.isDown);
    await this.transactions.call();
    this.#received(message);
  }

  /** A message that gets nowhere. */
  async lose(): Promise<void> {
    await this.world.sleep(this.network.delayMs());
    throw new Error('lost');
  }

  /** Rejects if it takes longer than a client waits; the message arrives all the same. */
  async #stored(sync: Sync): Promise<void> {
    const begun = this.world.now();
    const stored = this.transactions.call().then(() => this.#received(sync));
    if (this.transactions.eachMs === 0) return stored;
    await Promise.race([stored, this.world.sleep(CALL_MS)]);
    if (this.world.now() >= begun + CALL_MS) throw new Error('no answer in time');
  }

  #received(sync: Sync): void {
    for (const watch of this.options.watches) watch.synced?.(sync);
    this.limiter.signal(sync);
  }

  async #deliver(push: Push): Promise<Sync | undefined> {
    const message = copy(push);
    await this.transactions.dispatch();
    await this.transactions.call();
    if (!(await this.network.carry())) return undefined;
    const listener = this.#listeners.get(push.client);
    this.network.perhapsAgain(() => void listener?.(copy(message)));
    const reply = copy(await listener?.(message));
    const isBack = await this.network.carry();
    await this.transactions.call();
    return isBack ? reply : undefined;
  }

  async #signalRun({ runId }: RunAddress, push: Push): Promise<boolean> {
    const message = copy(push);
    do await this.world.sleep(this.network.delayMs());
    while (this.network.isDown);
    const run = this.#runs.get(runId);
    if (run?.isOpen !== true) return false;
    for (const watch of this.options.watches) watch.pushed?.(message);
    run.hear(message);
    return true;
  }

  async #probe(runs: readonly RunAddress[]): Promise<readonly string[]> {
    if (!(await this.network.carry())) throw new Error('lost');
    return runs.map(({ runId }) => runId).filter((runId) => this.#runs.get(runId)?.isOpen !== true);
  }
}
