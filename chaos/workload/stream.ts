import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { type Item, ITEM_QUEUE } from './item';

/** Half of what the first limits let through: what a fault leaves behind is worked off afterwards. */
const PER_SECOND = 8;
/** So many more at the beginning, that the limits bind from the first moment on. */
const AT_FIRST = 40;
const LARGEST_TOKENS = 150;
const TRY_AGAIN_MS = 250;

/** A steady stream of items. Each is started once, however often that has to be tried. */
export class ItemStream {
  readonly #starts: Promise<void>[] = [];

  constructor(
    private readonly client: Client,
    /** What the ids of its items begin with. */
    readonly prefix: string,
    private readonly random: () => number,
  ) {}

  /** Items so far. */
  get count(): number {
    return this.#starts.length;
  }

  /** Flows for so long, and while something is under way. Resolves when every item has been taken by the server. */
  async flow(seconds: number, meanwhile: Promise<unknown>): Promise<void> {
    const begun = performance.now();
    const over = new AbortController();
    const end = (): void => over.abort();
    meanwhile.then(end, end);
    for (let second = 0; second < seconds || !over.signal.aborted; second = (performance.now() - begun) / 1_000) {
      while (this.count < AT_FIRST + second * PER_SECOND) this.#begin();
      await sleep(1_000 / PER_SECOND);
    }
    await Promise.all(this.#starts);
  }

  #begin(): void {
    const id = `${this.prefix}${this.count}`;
    this.#starts.push(this.#start({ id, tokens: 1 + Math.floor(this.random() * LARGEST_TOKENS) }));
  }

  async #start(item: Item): Promise<void> {
    for (;;) {
      try {
        await this.client.workflow.start('itemWorkflow', {
          ...{ taskQueue: ITEM_QUEUE, workflowId: item.id, args: [item] },
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
        });
        return;
      } catch (error) {
        // a try whose answer got lost has started it
        if (error instanceof WorkflowExecutionAlreadyStartedError) return;
      }
      await sleep(TRY_AGAIN_MS);
    }
  }
}
