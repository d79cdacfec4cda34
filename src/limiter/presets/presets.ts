import { CallLimit, RateLimit } from '../definition/limits';
import { checkOptions } from '../checks/options';

const MINUTE = 60;
const DAY = 86_400;

/** What a provider's console says. What is left out is not limited. Unit: per minute, `…d` per day. */
interface Quota {
  /** Requests per minute. */
  readonly rpm?: number | undefined;
}

/** Quotas of {@link anthropicLimits}. */
export interface AnthropicQuota extends Quota {
  /** Input tokens per minute, without cache reads. */
  readonly itpm?: number | undefined;
  /** Output tokens per minute. */
  readonly otpm?: number | undefined;
}

/** Quotas of {@link openaiLimits}. */
export interface OpenAIQuota extends Quota {
  /** Requests per day. */
  readonly rpd?: number | undefined;
  /** Tokens per minute, input and output together. */
  readonly tpm?: number | undefined;
  /** Tokens per day. */
  readonly tpd?: number | undefined;
}

/** Quotas of {@link azureOpenAILimits}. */
export interface AzureOpenAIQuota extends Quota {
  /** Tokens per minute, input and output together. */
  readonly tpm?: number | undefined;
}

/** Quotas of {@link bedrockLimits}. */
export interface BedrockQuota extends Quota {
  /** Tokens per minute. */
  readonly tpm?: number | undefined;
  /** Tokens per day. */
  readonly tpd?: number | undefined;
  /** How many tokens of the quota an output token takes: 5 for Claude 4 and later, 1 for most others. @default 1 */
  readonly outputBurndown?: number | undefined;
}

/** Quotas of {@link geminiLimits}. */
export interface GeminiQuota extends Quota {
  /** Input tokens per minute. */
  readonly tpm?: number | undefined;
  /** Requests per day. */
  readonly rpd?: number | undefined;
}

/** A limit of a preset, with known units. */
export type PresetLimit = CallLimit<string> | RateLimit<string, 'input_tokens' | 'output_tokens'>;

/**
 * Limits of Anthropic's API. It refills continuously (token bucket) and counts the output that was generated, so the
 * unused part of an output estimate comes back. The units are `input_tokens`, which leaves cache reads out, and
 * `output_tokens`.
 *
 * Sources, read on 2026-11-27, are not by the provider, whose own page could not be read:
 * https://learn.microsoft.com/en-us/microsoft-cloud/dev/dev-proxy/concepts/llm-rate-limits and
 * https://www.developersdigest.tech/glossary/rate-limits. A third says that output is estimated from `max_tokens` first
 * (https://tokenswise.com/rate-limits/anthropic-claude/): requesting `max_tokens` is right in either case. `rpm` may be
 * enforced in shorter spans. Check the account's own limits.
 *
 * @throws {@link InvalidLimitError} if a quota is unknown, or not a number above 0
 * @example new LimitSet({ limits: anthropicLimits({ rpm: 1000, itpm: 450_000, otpm: 90_000 }) })
 */
export function anthropicLimits(quota: AnthropicQuota): PresetLimit[] {
  check('anthropicLimits', quota, ['rpm', 'itpm', 'otpm']);
  const { rpm, itpm, otpm } = quota;
  const bucket = { windowSeconds: MINUTE, algorithm: 'TokenBucket', unused: 'returned' } as const;
  return present([
    rpm === undefined ? undefined : calls('rpm', MINUTE, rpm, 'TokenBucket'),
    itpm === undefined
      ? undefined
      : new RateLimit({ ...bucket, key: 'itpm', capacity: itpm, counts: ['input_tokens'] }),
    otpm === undefined
      ? undefined
      : new RateLimit({ ...bucket, key: 'otpm', capacity: otpm, counts: ['output_tokens'] }),
  ]);
}

/**
 * Limits of OpenAI's API. It counts input and output together, and `max_tokens` in full when the request arrives, so
 * the unused part is kept. Windows roll, which `SlidingWindow` covers.
 *
 * Sources, read on 2026-11-27, are not by the provider, whose own page could not be read:
 * https://tokenswise.com/rate-limits/openai/ and
 * https://learn.microsoft.com/en-us/microsoft-cloud/dev/dev-proxy/concepts/llm-rate-limits. The latter says that the
 * larger of `max_tokens` and an estimate from the request's characters counts; their sum is never less. Failed requests
 * count.
 *
 * @throws {@link InvalidLimitError} if a quota is unknown, or not a number above 0
 * @example new LimitSet({ limits: openaiLimits({ rpm: 500, tpm: 200_000 }) })
 */
export function openaiLimits(quota: OpenAIQuota): PresetLimit[] {
  check('openaiLimits', quota, ['rpm', 'rpd', 'tpm', 'tpd']);
  const { rpm, rpd, tpm, tpd } = quota;
  return present([
    rpm === undefined ? undefined : calls('rpm', MINUTE, rpm, 'SlidingWindow'),
    rpd === undefined ? undefined : calls('rpd', DAY, rpd, 'SlidingWindow'),
    tpm === undefined ? undefined : tokens('tpm', MINUTE, tpm, 'kept'),
    tpd === undefined ? undefined : tokens('tpd', DAY, tpd, 'kept'),
  ]);
}

/**
 * Limits of an Azure OpenAI deployment. It adds the estimate of each request (prompt, `max_tokens`, `best_of`) to a
 * count that is reset every minute, so the unused part is kept. It expects requests evenly over the minute, and checks
 * spans of 1 or 10 seconds. So these limits let a sixtieth of `rpm`, and at least one, start in a second.
 *
 * Source, read on 2026-11-27: https://learn.microsoft.com/en-us/answers/questions/1851574/ and Azure's page on quotas
 * as quoted at https://clemenssiebler.com/posts/understanding-azure-openai-rate-limits-monitoring/; the spans and the
 * estimate also at https://learn.microsoft.com/en-us/microsoft-cloud/dev/dev-proxy/concepts/llm-rate-limits. The
 * boundaries of the minute are not known, so these limits use `SlidingWindow`, which never exceeds what either allows.
 *
 * @throws {@link InvalidLimitError} if a quota is unknown, or not a number above 0
 * @example new LimitSet({ limits: azureOpenAILimits({ rpm: 600, tpm: 100_000 }) })
 */
export function azureOpenAILimits(quota: AzureOpenAIQuota): PresetLimit[] {
  check('azureOpenAILimits', quota, ['rpm', 'tpm']);
  const { rpm, tpm } = quota;
  const spread = rpm === undefined ? undefined : Math.min(Math.max(1, Math.floor(rpm / MINUTE)), rpm);
  return present([
    rpm === undefined ? undefined : calls('rpm', MINUTE, rpm, 'SlidingWindow'),
    spread === undefined ? undefined : calls('rps', 1, spread, 'SlidingWindow'),
    tpm === undefined ? undefined : tokens('tpm', MINUTE, tpm, 'kept'),
  ]);
}

/**
 * Limits of Amazon Bedrock's on-demand inference. It reserves input plus `max_tokens` when a request arrives and
 * settles what was used at its end; some models take several tokens of the quota for each output token.
 *
 * Sources, read on 2026-11-27: the provider's
 * https://docs.aws.amazon.com/bedrock/latest/userguide/quotas-token-burndown.html and
 * https://community.aws/content/2xVZmCM5E7XXw0yqTEGgXYxRowk/bedrock-claude-4-burndown-rates. Newer accounts have no
 * `rpm` quota.
 *
 * @throws {@link InvalidLimitError} if a quota is unknown, or not a number above 0
 * @example new LimitSet({ limits: bedrockLimits({ tpm: 200_000, outputBurndown: 5 }) })
 */
export function bedrockLimits(quota: BedrockQuota): PresetLimit[] {
  check('bedrockLimits', quota, ['rpm', 'tpm', 'tpd', 'outputBurndown']);
  const { rpm, tpm, tpd, outputBurndown = 1 } = quota;
  return present([
    rpm === undefined ? undefined : calls('rpm', MINUTE, rpm, 'SlidingWindow'),
    tpm === undefined ? undefined : tokens('tpm', MINUTE, tpm, 'returned', outputBurndown),
    tpd === undefined ? undefined : tokens('tpd', DAY, tpd, 'returned', outputBurndown),
  ]);
}

/**
 * Limits of the Gemini API: requests and input tokens per minute, requests per day. The day ends at midnight Pacific
 * time. `SlidingWindow` over 24 hours never exceeds what that allows.
 *
 * Source, read on 2026-11-27: the provider's https://ai.google.dev/gemini-api/docs/rate-limits. It does not say how the
 * minute is counted; the provider's forum says by the clock's minute
 * (https://discuss.ai.google.dev/t/api-rate-limit-reset/6851). `SlidingWindow` never exceeds what that allows, and
 * input tokens are kept.
 *
 * @throws {@link InvalidLimitError} if a quota is unknown, or not a number above 0
 * @example new LimitSet({ limits: geminiLimits({ rpm: 150, tpm: 2_000_000, rpd: 10_000 }) })
 */
export function geminiLimits(quota: GeminiQuota): PresetLimit[] {
  check('geminiLimits', quota, ['rpm', 'tpm', 'rpd']);
  const { rpm, tpm, rpd } = quota;
  return present([
    rpm === undefined ? undefined : calls('rpm', MINUTE, rpm, 'SlidingWindow'),
    rpd === undefined ? undefined : calls('rpd', DAY, rpd, 'SlidingWindow'),
    tpm === undefined
      ? undefined
      : new RateLimit({
          key: 'tpm',
          windowSeconds: MINUTE,
          capacity: tpm,
          algorithm: 'SlidingWindow',
          counts: ['input_tokens'],
        }),
  ]);
}

function check(what: string, quota: unknown, known: readonly string[]): void {
  checkOptions(what, quota, new Set(known));
}

function calls(
  key: string,
  windowSeconds: number,
  capacity: number,
  algorithm: 'TokenBucket' | 'SlidingWindow',
): CallLimit<string> {
  return new CallLimit({ key, windowSeconds, capacity, algorithm });
}

/** A limit of input and output tokens together. */
function tokens(
  key: string,
  windowSeconds: number,
  capacity: number,
  unused: 'returned' | 'kept',
  outputWeight = 1,
): RateLimit<string, 'input_tokens' | 'output_tokens'> {
  const counts = { input_tokens: 1, output_tokens: outputWeight };
  return new RateLimit({ key, windowSeconds, capacity, algorithm: 'SlidingWindow', counts, unused });
}

function present<T>(limits: readonly (T | undefined)[]): T[] {
  return limits.filter((limit) => limit !== undefined);
}
