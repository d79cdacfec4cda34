import { asyncLocalStorage } from '@temporalio/activity';
import type { RetryRules } from './retry-options';

const told = new WeakSet<object>();

/** Logs, once per limited activity, that its caller's retry policy will end the attempts before its own rules do. */
export function warnOfTighterPolicy(rules: RetryRules<never>): void {
  const context = asyncLocalStorage.getStore();
  const allowed = context?.info.retryPolicy?.maximumAttempts;
  // 0 is the server's word for no limit
  if (context === undefined || !allowed || allowed > rules.numRetries || told.has(rules)) return;
  told.add(rules);
  const { activityType } = context.info;
  const wanted = rules.numRetries + 1;
  context.log.warn(
    `${activityType} may be tried ${wanted} times by its numRetries, but its caller's retry policy ends it after ` +
      `${allowed}: set maximumAttempts to at least ${wanted}, or leave it out`,
  );
}
