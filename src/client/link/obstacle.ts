import { POLLED_MS } from './pollers';
import { DEADLINE_EXCEEDED, grpcCodeOf, RESOURCE_EXHAUSTED, wentUnanswered } from './reachability';

/** What keeps a limiter from answering. */
export interface Obstacle {
  readonly cause:
    | 'unreachable'
    | 'overloaded'
    | 'slow'
    | 'no namespace'
    | 'unauthenticated'
    | 'denied'
    | 'refused'
    | 'unsendable'
    | 'unhosted'
    | 'silent';
  /** What it is and what helps. Holds nothing of a message. */
  readonly detail: string;
  /** Whether an answer cannot come until an operator removes the obstacle. */
  readonly isFinal: boolean;
}

/** Where a limiter is looked for. */
interface Place {
  /** Of the server, if the connection tells. */
  readonly address: string | undefined;
  readonly namespace: string;
  /** Of the limiter. */
  readonly taskQueue: string;
}

/** What is known of a limiter that does not answer. */
export interface Findings extends Place {
  /** Why the newest message could not be sent; none if it was. */
  readonly failure: { readonly error: unknown } | undefined;
  /**
   * How long ago a worker last polled the limiter's task queue; `Infinity` if none did of late, `undefined` if that is
   * unknown. Unit: milliseconds.
   */
  readonly polledMsAgo: number | undefined;
  /** Whether the limiter has answered this process before: then silence may only mean that it has nothing to give. */
  readonly hasAnswered: boolean;
}

const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

/** Why a limiter does not answer, as far as the findings tell. */
export function judge(findings: Findings): Obstacle | undefined {
  if (findings.failure === undefined) return ofLimiter(findings);
  const { error } = findings.failure;
  return ofServer(error, findings) ?? ofMessage(error, findings.address);
}

/** The server has taken the messages, so it is the limiter that says nothing. */
function ofLimiter({ polledMsAgo, hasAnswered, namespace, address, taskQueue }: Findings): Obstacle | undefined {
  const queue = `the task queue ${quote(taskQueue)} in namespace ${quote(namespace)}${at(address)}`;
  if (polledMsAgo !== undefined && polledMsAgo > POLLED_MS) {
    const detail = `no worker hosts the limiter: none polls ${queue}. Start a worker with LimitsPlugin there`;
    return { cause: 'unhosted', detail, isFinal: true };
  }
  if (hasAnswered) return undefined;
  const polled = polledMsAgo === undefined ? '' : `, though a worker polled it ${seconds(polledMsAgo)} s ago`;
  const detail =
    `the limiter does not answer on ${queue}${polled}. Check that the worker with LimitsPlugin still runs, ` +
    'and its log for failed workflow tasks';
  return { cause: 'silent', detail, isFinal: false };
}

/** What a server, or the way to it, has against every call; nothing if that is not known of it. */
export function ofServer(
  error: unknown,
  { address, namespace }: Pick<Place, 'address' | 'namespace'>,
): Obstacle | undefined {
  const code = grpcCodeOf(error);
  const server = `Temporal${at(address)}`;
  if (code === NOT_FOUND || nameOf(error) === 'NamespaceNotFoundError') {
    const detail = `${server} has no namespace ${quote(namespace)}. Create it, or correct TEMPORAL_NAMESPACE or the client's namespace`;
    return { cause: 'no namespace', detail, isFinal: true };
  }
  if (code === UNAUTHENTICATED) {
    const detail = `${server} does not accept the credentials (UNAUTHENTICATED). Correct the client's API key or certificate`;
    return { cause: 'unauthenticated', detail, isFinal: true };
  }
  if (code === PERMISSION_DENIED) {
    const detail = `${server} denies access to namespace ${quote(namespace)} (PERMISSION_DENIED). Allow it, or use other credentials`;
    return { cause: 'denied', detail, isFinal: true };
  }
  if (code === RESOURCE_EXHAUSTED) {
    const detail = `${server} refuses calls for now (RESOURCE_EXHAUSTED). See its rate limits and its load`;
    return { cause: 'overloaded', detail, isFinal: false };
  }
  if (code === DEADLINE_EXCEEDED) {
    const detail = `${server} does not answer in time (DEADLINE_EXCEEDED). See its load, and check its address and the network`;
    return { cause: 'slow', detail, isFinal: false };
  }
  if (wentUnanswered(error)) {
    const detail = `${server} cannot be reached. Start it, or correct TEMPORAL_ADDRESS or the client's address`;
    return { cause: 'unreachable', detail, isFinal: false };
  }
  return undefined;
}

/** What is wrong with one message. */
function ofMessage(error: unknown, address: string | undefined): Obstacle {
  const code = grpcCodeOf(error);
  if (code !== undefined) {
    const detail = `Temporal${at(address)} refuses the message to the limiter (gRPC code ${String(code)})`;
    return { cause: 'refused', detail, isFinal: false };
  }
  const detail = `the message to the limiter cannot be sent (${nameOf(error)}). Check the client's connection and data converter`;
  return { cause: 'unsendable', detail, isFinal: false };
}

/** Without the error's text, which may tell what was sent. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

const quote = (text: string): string => JSON.stringify(text);
const at = (address: string | undefined): string => (address === undefined ? '' : ` at ${address}`);
const seconds = (ms: number): string => String(Math.max(0, Math.round(ms / 1_000)));
