/** One piece of work: a call to the provider. */
export interface Item {
  readonly id: string;
  readonly tokens: number;
}

/** Where the items are done. */
export const ITEM_QUEUE = 'chaos-items';

/** What the workers do, as workflows see it. */
export interface ItemActivities {
  callProvider(item: Item): Promise<void>;
}
