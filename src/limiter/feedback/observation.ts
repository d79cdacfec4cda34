import { errorChain, field, members, showsNothingWasSent } from '../retry/error-chain';
import { headersOf, hintOfOne, jsonIn, statusOf } from '../retry/retry-after';
import type { Present } from '../retry/retry-hint';
import { seenLimits, type SeenLimit } from './seen-limits';

/** Why a provider did not serve a request, if the request was not at fault. */
export type ProviderFault =
  'rate_limit' | 'overloaded' | 'unauthorized' | 'forbidden' | 'insufficient_quota' | 'unreachable' | 'server_error';

/** What one answer of a provider says of the account behind a limit set. */
export interface Observation {
  /**
   * `ok`: it answered, also that a request was wrong. `throttled`: a limit is reached, or it has too much to do.
   * `failed`: it does not serve this account. `unknown`: nothing of that can be told.
   */
  readonly outcome: 'ok' | 'throttled' | 'failed' | 'unknown';
  /** Why, of what was throttled or failed. */
  readonly cause?: ProviderFault;
  /** How long the provider asks to wait. Unit: milliseconds. */
  readonly holdMs?: number;
  /** What it says of its limits. */
  readonly seen: readonly SeenLimit[];
  /** Fields about limits that could not be read. */
  readonly ignored: number;
}

/**
 * Reads a response, or the error that a client has thrown, by its status, headers and codes, and by what caused it. Knows
 * OpenAI, Azure OpenAI, Anthropic, Gemini, Bedrock, GitHub, the IETF's `RateLimit` fields, and clients that keep an
 * answer in the usual ways. Whatever it is given, it throws nothing.
 */
export function readObservation(answer: unknown, present: Present): Observation {
  const seen: SeenLimit[] = [];
  const codes = new Set<string>();
  let [status, holdMs, ignored]: [number | undefined, number | undefined, number] = [undefined, undefined, 0];
  for (const each of errorChain(answer)) {
    status ??= statusOf(each);
    addCodes(codes, each);
    const isFirst = seen.length === 0;
    for (const read of headersOf(each)) {
      const limits = seenLimits(read, present);
      if (isFirst) seen.push(...limits.seen);
      ignored += limits.ignored;
    }
    holdMs ??= hintOfOne(each, present);
  }
  const spent = seen.filter(({ remaining }) => remaining === 0);
  const cause = causeOf(status, codes, holdMs !== undefined || spent.length > 0) ?? connectionFault(answer);
  const outcome = outcomeOf(cause, status);
  const resets = spent.flatMap(({ resetMs }) => resetMs ?? []);
  if (resets.length > 0) holdMs ??= Math.max(...resets);
  return {
    outcome,
    ...(cause !== undefined && { cause }),
    ...(outcome === 'throttled' && holdMs !== undefined && { holdMs }),
    seen,
    ignored,
  };
}

function outcomeOf(cause: ProviderFault | undefined, status: number | undefined): Observation['outcome'] {
  if (cause === undefined) return isAnswer(status) ? 'ok' : 'unknown';
  return THROTTLES.has(cause) ? 'throttled' : 'failed';
}

const THROTTLES: ReadonlySet<ProviderFault> = new Set(['rate_limit', 'overloaded']);

/** Statuses of which it depends on more than the request, whether another one would be answered so. */
const NO_ANSWERS = new Set([408, 425]);

function isAnswer(status: number | undefined): boolean {
  return status !== undefined && status >= 100 && status < 500 && !NO_ANSWERS.has(status);
}

/** The codes of providers, in lower case and without separators, that say more than the status does. */
const CODES: ReadonlyMap<string, ProviderFault> = new Map(
  Object.entries<ProviderFault>({
    // OpenAI
    insufficientquota: 'insufficient_quota',
    billinghardlimitreached: 'insufficient_quota',
    billingnotactive: 'insufficient_quota',
    invalidapikey: 'unauthorized',
    // OpenAI and Anthropic, within a stream that had begun with 200
    ratelimitexceeded: 'rate_limit',
    servererror: 'server_error',
    apierror: 'server_error',
    // Anthropic
    billingerror: 'insufficient_quota',
    authenticationerror: 'unauthorized',
    permissionerror: 'forbidden',
    ratelimiterror: 'rate_limit',
    overloadederror: 'overloaded',
    // Google, whose wrong keys come with 400
    apikeyinvalid: 'unauthorized',
    unauthenticated: 'unauthorized',
    permissiondenied: 'forbidden',
    billingdisabled: 'insufficient_quota',
    resourceexhausted: 'rate_limit',
    // AWS, which says much with 400
    throttlingexception: 'rate_limit',
    toomanyrequestsexception: 'rate_limit',
    servicequotaexceededexception: 'rate_limit',
    modelnotreadyexception: 'overloaded',
    serviceunavailableexception: 'overloaded',
    unrecognizedclientexception: 'unauthorized',
    expiredtokenexception: 'unauthorized',
    invalidsignatureexception: 'unauthorized',
    accessdeniedexception: 'forbidden',
  }),
);

/** What an error of these means goes before its other codes: a throttle that only money ends is none. */
const FIRST: readonly ProviderFault[] = ['insufficient_quota', 'unauthorized', 'forbidden'];

/** @param isLimit Whether the answer says that a limit is reached: GitHub does so with 403. */
function causeOf(status: number | undefined, codes: ReadonlySet<string>, isLimit: boolean): ProviderFault | undefined {
  const named = [...codes].flatMap((code) => CODES.get(code) ?? []);
  const lasting = FIRST.find((cause) => named.includes(cause));
  switch (status) {
    case 401:
      return 'unauthorized';
    case 402:
      return 'insufficient_quota';
    case 403:
      return isLimit || codes.has(SECONDARY_LIMIT) ? 'rate_limit' : (lasting ?? 'forbidden');
    case 429:
      return lasting === 'insufficient_quota' ? lasting : (named.find((cause) => THROTTLES.has(cause)) ?? 'rate_limit');
    case 503:
    case 529:
      return 'overloaded';
    default:
      if (status !== undefined && status >= 500) return 'server_error';
      return lasting ?? named[0];
  }
}

/** GitHub says it in a message only. */
const SECONDARY_LIMIT = 'secondaryratelimit';

/** Codes of connections that ended before an answer came. */
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'EHOSTUNREACH', 'ENETUNREACH']);

function connectionFault(error: unknown): ProviderFault | undefined {
  const isBroken = [...errorChain(error)].some((each) => BROKEN.has(String(field(each, 'code'))));
  return isBroken || showsNothingWasSent(error) ? 'unreachable' : undefined;
}

/** How much of a body is looked at. */
const MOST_PARTS = 100;
const CODE_FIELDS = ['code', 'type', 'status', 'reason', 'name', '__type'];
const BODY_FIELDS = ['error', 'details', 'errorDetails', 'data', 'body', 'responseBody'];

/** Collects what an error goes by, in itself and in the body that came with it. */
function addCodes(codes: Set<string>, error: object): void {
  const message = field(error, 'message');
  if (typeof message === 'string' && /secondary rate limit/i.test(message)) codes.add(SECONDARY_LIMIT);
  const queue: unknown[] = [error, typeof message === 'string' ? jsonIn(message) : undefined];
  for (let i = 0; i < Math.min(queue.length, MOST_PARTS); i += 1) {
    const part = queue[i];
    if (typeof part !== 'object' || part === null) continue;
    for (const name of CODE_FIELDS) {
      const code = field(part, name);
      if (typeof code === 'string') codes.add(code.toLowerCase().replace(/[^a-z]/g, ''));
    }
    queue.push(...members(part));
    for (const name of BODY_FIELDS) {
      const body = field(part, name);
      if (body !== undefined) queue.push(typeof body === 'string' ? jsonIn(body) : body);
    }
  }
}
