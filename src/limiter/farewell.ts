import type { SetDefinition } from './definition';
import { WIRE_VERSION, type Push, type PushStatus } from './wire';

/** What a client hears that has no account, or no longer one: it counts whatever else is under way. */
export function farewell(
  client: string,
  ack: number,
  status: PushStatus,
  definition: SetDefinition,
  now: number,
  detail?: string,
): Push {
  return {
    wire: WIRE_VERSION,
    client,
    seq: Number.MAX_SAFE_INTEGER,
    ack,
    ackAt: now,
    now,
    status,
    ...(detail === undefined ? {} : { detail }),
    definition,
    fence: 0,
    firstGrant: 1,
    grants: [],
    levels: [],
    more: false,
  };
}
