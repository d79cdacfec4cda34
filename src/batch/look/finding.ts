/** What a check came to. Plain JSON. */
export interface Finding {
  readonly check: CheckName;
  /** `notice`: worth knowing. `wrong`: an operator has to act. */
  readonly status: 'ok' | 'notice' | 'wrong';
  readonly message: string;
  /** The set that it is about; left out if it is about none, or all. */
  readonly set?: string;
  /** What helps, if anything has to be done. */
  readonly advice?: string;
}

export type CheckName =
  | 'server'
  | 'namespace'
  | 'hosts'
  | 'limiters'
  | 'waiting'
  | 'providers'
  | 'refusals'
  | 'guards'
  | 'drift'
  | 'others'
  | 'operators'
  | 'clients';
