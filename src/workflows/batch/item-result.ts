/** What an item took at the provider, as the provider counted it. */
export interface ItemUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
}

/** An item that was answered. `attempts` counts every request for it, this one included. */
interface ItemOk {
  readonly id: string;
  readonly ok: true;
  /** The name of the limit set that served it. */
  readonly set: string;
  readonly text: string;
  readonly usage: ItemUsage;
  readonly attempts: number;
}

/** An item that was given up. */
export interface ItemFailed {
  readonly id: string;
  readonly ok: false;
  /** The name of the limit set that was last asked. */
  readonly set: string;
  readonly error: { readonly type: string; readonly message: string };
  readonly attempts: number;
}

/** One line of the output file. */
export type ItemResult = ItemOk | ItemFailed;
