import { z } from 'zod';
import type { LimitsAdmin } from '../../client/admin/limits-admin';
import type { ChangeResult } from '../../client/admin/set-admin';
import { isDuration, NO_DURATION } from '../text/duration';
import type { SetChange } from './views';

const name = z.string().min(1).max(256);

const options = z.strictObject({
  for: z.string().max(20).refine(isDuration, NO_DURATION).exactOptional(),
  reason: z.string().max(200).exactOptional(),
  by: z.string().min(1).max(100).exactOptional(),
  ifRevision: z.int().min(0).exactOptional(),
});

const change: z.ZodType<SetChange> = z.discriminatedUnion('action', [
  z.strictObject({ set: name, options, action: z.literal('set'), capacity: z.record(name, z.number()) }),
  z.strictObject({ set: name, options, action: z.literal('reset'), keys: z.array(name).exactOptional() }),
  z.strictObject({ set: name, options, action: z.enum(['pause', 'resume']) }),
  z.strictObject({ set: name, options, action: z.literal('forget'), client: name }),
]);

/** A change that makes no sense. */
export class BadChangeError extends Error {
  override readonly name = 'BadChangeError';
}

/** @throws {BadChangeError} if it is none */
export function readChange(json: unknown): SetChange {
  const { data, error } = change.safeParse(json);
  if (data !== undefined) return data;
  const [issue] = error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new BadChangeError(`${where === '' ? 'The change' : where}: ${issue?.message ?? 'cannot be read'}`);
}

/** Makes a change. */
export function makeChange(admin: Pick<LimitsAdmin, 'set'>, request: SetChange): Promise<ChangeResult> {
  const set = admin.set(request.set);
  switch (request.action) {
    case 'set':
      return set.setCapacity(request.capacity, request.options);
    case 'reset':
      return set.resetCapacity(request.keys, request.options);
    case 'pause':
      return set.pause(request.options);
    case 'resume':
      return set.resume(request.options);
    case 'forget':
      return set.forget(request.client, request.options);
  }
}
