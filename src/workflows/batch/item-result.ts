/** The units of every item; a config may name others. */
export const TOKEN_UNITS = ['input_tokens', 'output_tokens'] as const;

/** What an item took at the provider, as the provider counted it, or what it requests, by unit. */
export type ItemUsage = Readonly<Record<(typeof TOKEN_UNITS)[number], number> & Record<string, number>>;

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
