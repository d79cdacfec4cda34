import type { RunAddress } from '../../protocol/address';
import type { ClientAccount } from './client-account';

/** How often in a lease it is asked whether a silent workflow run is still open: its permits are to be back within it. */
const DOUBTS_PER_LEASE = 2;
/** Whose time would come within this share of a lease is asked after together with others. */
const TOGETHER_SHARE = 1 / 8;

/** When it is to be asked whether a workflow run is still open. */
export function unconfirmedAt({ state }: ClientAccount, leaseMs: number): number {
  return Math.max(state.channel.lastSeenAt, state.run?.askedAt ?? -Infinity) + leaseMs / DOUBTS_PER_LEASE;
}

/** The workflow runs after which to ask now; they are taken to have been asked after. */
export function unconfirmedRuns(accounts: readonly ClientAccount[], leaseMs: number, now: number): RunAddress[] {
  const isDue = (account: ClientAccount, at: number): boolean =>
    account.run !== undefined && unconfirmedAt(account, leaseMs) <= at;
  if (!accounts.some((account) => isDue(account, now))) return [];
  const found = new Map<string, RunAddress>();
  for (const account of accounts) {
    const { run, state } = account;
    if (run === undefined || state.run === undefined || !isDue(account, now + leaseMs * TOGETHER_SHARE)) continue;
    state.run.askedAt = now;
    found.set(run.runId, run);
  }
  return [...found.values()];
}
