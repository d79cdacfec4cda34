/** An account with the provider: two in each region, with quotas and workers of their own. */
export interface Account {
  readonly name: string;
  readonly region: string;
}

export const ACCOUNTS: readonly Account[] = ['us-east', 'us-west', 'eu'].flatMap((region) => [
  { name: `${region}-a`, region },
  { name: `${region}-b`, region },
]);

/** What the provider allows each account, here in one second rather than a minute. */
export const CALLS = 5;
export const WINDOW_SECONDS = 1;

/** The account's limit set: the same for its worker, which keeps the limits, and for the workflow, which goes by `config`. */
export function limitSetOptions({ name, region }: Account) {
  return {
    name,
    limits: [{ kind: 'call', windowSeconds: WINDOW_SECONDS, capacity: CALLS }],
    config: { region, taskQueue: `llm-${name}` },
  } as const;
}
