import type { LimitsAdmin } from '../../client/admin/limits-admin';
import { LimiterUnavailableError, NoLimiterError } from '../../limiter/errors/limiter-errors';
import type { LookedAt } from './limiter-metrics';

/** Most limiters that are asked at once. */
const AT_ONCE = 50;

/** What every limiter of a namespace shows of its set. */
export async function lookAtLimiters(admin: Pick<LimitsAdmin, 'list' | 'set'>): Promise<LookedAt[]> {
  const sets = await admin.list();
  const found: LookedAt[] = [];
  for (let from = 0; from < sets.length; from += AT_ONCE) {
    found.push(...(await Promise.all(sets.slice(from, from + AT_ONCE).map(({ set }) => lookAt(admin, set)))));
  }
  return found;
}

async function lookAt(admin: Pick<LimitsAdmin, 'set'>, set: string): Promise<LookedAt> {
  try {
    return { set, inspection: await admin.set(set).inspect({ clients: 0 }) };
  } catch (error) {
    if (error instanceof LimiterUnavailableError || error instanceof NoLimiterError)
      return { set, inspection: undefined };
    throw error;
  }
}
