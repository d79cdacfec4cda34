import fc from 'fast-check';
import { CallLimit, limitedFetch, LimitSet } from '../../src/index';
import { target, type Target } from '../target';
import { mutated, oddText, oddValue } from '../values';
import { orRefused } from '../verdict';

const MAX_PAUSE_SECONDS = 7;
/** For so long at most the others wait for what becomes of the one that tries first. */
const PROBE_MS = 60_000;

/** Names of fields that say something of limits, and texts that look like what they say. */
const names = fc.oneof(
  fc.constantFrom('retry-after', 'Retry-After-Ms', 'ratelimit', 'ratelimit-policy', 'x-ratelimit-reset'),
  fc.constantFrom('x-ratelimit-limit-requests', 'x-ratelimit-remaining-tokens', 'anthropic-ratelimit-tokens-reset'),
  oddText,
);
const texts = fc.oneof(
  fc.constantFrom('1', '-1', '1e999', '99999999999999999999', '6m0s', '1h'.repeat(500), '2026-13-45T99:99:99Z'),
  fc.constantFrom('"a";q=1;w=1', '"a";r=0;t=1e9, "b', '"a";r=0;t=999999999999999', '?1, :YQ==:, (1 2);a', ';;;===,,,'),
  oddText,
);
const headers = fc
  .array(fc.tuple(names, fc.oneof(texts, oddValue)), { maxLength: 6 })
  .map((entries): object => Object.fromEntries(entries) as object);

const ANSWER = {
  ...{ status: 429, headers: { 'retry-after': '3' }, message: '{"error":{"code":"RESOURCE_EXHAUSTED"}}' },
  error: { type: 'insufficient_quota', details: [{ '@type': 'google.rpc.RetryInfo', retryDelay: '53s' }] },
  ...{ response: { status: 403, headers: { ratelimit: '"a";r=0;t=9' } }, cause: { code: 'ECONNRESET' } },
};
const answers = fc.oneof(
  mutated(ANSWER),
  fc.record({ status: fc.constantFrom(200, 401, 403, 429, 500, 503, NaN), headers }),
  oddValue,
);

/** What providers say, and what is passed to whoever listens to them. */
export const providers: readonly Target[] = [
  target('answers of providers', fc.array(answers, { minLength: 1, maxLength: 8 }), async (said) => {
    const limits = [new CallLimit({ windowSeconds: 1, capacity: 1_000_000 })];
    const set = new LimitSet({ limits, maxPauseSeconds: MAX_PAUSE_SECONDS });
    const slot = await set.acquire();
    for (const answer of said) {
      slot.observe(answer);
      const waitMs = set.expectedWaitMs();
      if (!(waitMs <= Math.max(PROBE_MS, 1_000 * MAX_PAUSE_SECONDS + 1))) throw new Error(`a wait of ${waitMs} ms`);
    }
    await slot.release();
    const { answered, throttled, failed, ignored, seen } = (await set.getStats()).provider ?? {};
    for (const count of [answered, throttled, failed, ignored])
      if (!Number.isSafeInteger(count)) throw new Error(`counted ${count}`);
    if ((seen?.length ?? 0) > 16 || JSON.stringify(seen).length > 4_096) throw new Error('too much is remembered');
    await set.close();
  }),
  target(
    'limited fetches',
    fc.tuple(mutated({ timeout: '1s', priority: 1 }), oddValue, oddValue, answers),
    async ([options, limits, requested, answer]) => {
      await orRefused(() => limitedFetch(limits as never));
      const set = new LimitSet({ limits: [new CallLimit({ windowSeconds: 3_600, capacity: 5 })] });
      const fetch = () => Promise.resolve(new Response('{}', { headers: { 'retry-after': '1' } }));
      await orRefused(() => limitedFetch(set, options as never));
      await orRefused(async () => {
        const limited = limitedFetch(set, { fetch, requested: () => requested as never, usage: () => answer as never });
        await (await limited('http://localhost')).text();
      });
      if ((await set.getStats()).waiting > 0) throw new Error('somebody waits');
    },
  ),
];
