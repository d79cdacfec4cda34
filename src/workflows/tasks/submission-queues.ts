/** One worker's queue, as `TaskPool.getStats` returns it. */
export interface SubmissionQueueStats {
  /** Place of the worker in its pool. */
  readonly workerIndex: number;
  /** The most tasks that it has at once. */
  readonly capacity: number;
  /** Submissions that wait for room. */
  readonly queued: number;
  /** Tasks that were submitted and have not ended. That includes retries, and waiting for a worker's slot. */
  readonly inFlight: number;
}

class Queue {
  /** The waiting submissions, by number of arrival: a map keeps the order, and removes any of them at no cost. */
  readonly waiting = new Map<number, () => void>();
  inFlight = 0;
}

/**
 * Which submissions may start and which wait, with a bound for each worker and one for all of them together. First
 * come, first served: the bound on all is passed on in the order of arrival, the bound of a worker in that worker's.
 */
export class SubmissionQueues {
  readonly #queues: readonly Queue[];
  #arrivals = 0;
  #inFlight = 0;

  constructor(
    workers: number,
    private readonly capacity: number,
    private readonly total: number,
  ) {
    this.#queues = Array.from({ length: workers }, () => new Queue());
  }

  /** Tasks in flight, at all workers. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Tasks that a worker has or is going to have. */
  loadOf(worker: number): number {
    const queue = this.#at(worker);
    return queue.inFlight + queue.waiting.size;
  }

  /** Starts a task as soon as the worker has room, perhaps before this returns. The answer withdraws it, if it still waits. */
  enter(worker: number, start: () => void): () => boolean {
    const queue = this.#at(worker);
    const arrival = this.#arrivals++;
    queue.waiting.set(arrival, start);
    this.#startWhatMay();
    return () => queue.waiting.delete(arrival);
  }

  /** A task that was started has ended. */
  leave(worker: number): void {
    this.#at(worker).inFlight -= 1;
    this.#inFlight -= 1;
    this.#startWhatMay();
  }

  /** Every queue, by worker. */
  stats(): readonly SubmissionQueueStats[] {
    return this.#queues.map(({ waiting, inFlight }, workerIndex) => ({
      workerIndex,
      capacity: this.capacity,
      queued: waiting.size,
      inFlight,
    }));
  }

  #startWhatMay(): void {
    while (this.#inFlight < this.total) {
      const next = this.#first();
      if (next === undefined) return;
      next.queue.waiting.delete(next.arrival);
      next.queue.inFlight += 1;
      this.#inFlight += 1;
      next.start();
    }
  }

  /** Who came first of those whose worker has room. */
  #first(): { queue: Queue; arrival: number; start: () => void } | undefined {
    let first: { queue: Queue; arrival: number; start: () => void } | undefined;
    for (const queue of this.#queues) {
      if (queue.inFlight >= this.capacity) continue;
      const [head] = queue.waiting;
      if (head !== undefined && head[0] < (first?.arrival ?? Infinity)) {
        first = { queue, arrival: head[0], start: head[1] };
      }
    }
    return first;
  }

  #at(worker: number): Queue {
    const queue = this.#queues[worker];
    if (queue === undefined) throw new RangeError(`No worker ${worker} of ${this.#queues.length}`);
    return queue;
  }
}
