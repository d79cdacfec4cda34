import { setTimeout as sleep } from 'node:timers/promises';
import { allowanceOf } from '../cluster/limits';
import { underLoad } from '../under-load';

const BAN_MS = 8_000;
/** An account that is set aside is tried again so long after. */
const ASIDE_MS = 10_000;
const QUIET_MS = 3_000;

/** For a while the provider does not accept the credentials. It is tried again once, when it does. */
export const ban = underLoad(
  'account is banned',
  `set aside for ${ASIDE_MS / 1_000} s`,
  async ({ provider }) => {
    await provider.behave({ refusal: { status: 401, forMs: BAN_MS } });
    await sleep(ASIDE_MS + QUIET_MS);
    await provider.behave();
  },
  allowanceOf(1).connections + 1,
);
