import { CallLimit, LimitPool, LimitSet, RateLimit } from 'temporal-limits';

/** Where a call goes: an account, a region, and the model's ID there. A limit set carries it as its `config`. */
export type Profile = Readonly<Record<'account' | 'region' | 'modelId', string>>;

/** The same model has another ID in each part of the world: that of its inference profile. */
const MODEL_IDS = {
  'us-east-1': 'us.anthropic.claude-sonnet-4-20250514-v1:0',
  'us-west-2': 'us.anthropic.claude-sonnet-4-20250514-v1:0',
  'eu-central-1': 'eu.anthropic.claude-sonnet-4-20250514-v1:0',
};

export const PROFILES: readonly Profile[] = ['research', 'production'].flatMap((account) =>
  Object.entries(MODEL_IDS).map(([region, modelId]) => ({ account, region, modelId })),
);

/** The quotas of each profile, here for five seconds instead of a minute. */
export const QUOTAS = { windowSeconds: 5, calls: 5, inputTokens: 5_000, outputTokens: 250 };

/**
 * How much the delay between a start and its arrival may vary. The default of 50 ms is too little here: thirty calls start at
 * once, each takes its client 9 ms of the processor, and Bedrock shares their process. On a busy machine, that took 2.4 s.
 */
const GUARD_MS = 5_000;

/** Bedrock reserves the most that a call may use, and gives the rest back at its end: `unused: 'returned'`. */
function limitsOf(profile: Profile): LimitSet<Profile> {
  const { windowSeconds, calls, inputTokens, outputTokens } = QUOTAS;
  return new LimitSet({
    name: `bedrock-${profile.account}-${profile.region}`,
    mode: 'temporal',
    config: profile,
    guardMs: GUARD_MS,
    limits: [
      new CallLimit({ windowSeconds, capacity: calls }),
      new RateLimit({ key: 'input_tokens', windowSeconds, capacity: inputTokens, unused: 'returned' }),
      new RateLimit({ key: 'output_tokens', windowSeconds, capacity: outputTokens, unused: 'returned' }),
    ],
  });
}

/** One pool of all profiles. It sends each call to the profile that has room soonest. */
export function createPool(): LimitPool {
  return new LimitPool({ limitSets: PROFILES.map(limitsOf), loadBalancing: 'LeastWait' });
}
