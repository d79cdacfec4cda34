import { channel, subscribe as subscribeTo, unsubscribe } from 'node:diagnostics_channel';
import type { Vector } from '../../limiter/vector/vector';
import type { LimitDefinition } from '../../limiter/definition/definition';
import type { Observation, ProviderFault } from '../../limiter/feedback/observation';
import type { Suspension, SuspensionCause } from '../../limiter/feedback/provider-state';

/** How a wait ended. `elsewhere`: a pool was served by another of its sets. */
export type WaitOutcome = 'acquired' | 'timeout' | 'cancelled' | 'queue_full' | 'elsewhere' | 'failed';

/** A request that waits: the same object when it begins and when it ends. */
export interface Waiting {
  /** As {@link familyOf} names it. */
  readonly set: string;
  /** Published events are numbered in their order. */
  readonly number: number;
}

/** What an acquisition holds, of which limits. */
export interface Held extends Waiting {
  readonly definitions: readonly LimitDefinition[];
  readonly amounts: Vector;
  /** Whether it went ahead without limits, as Temporal was out of reach. Nothing of it counts then. */
  readonly unlimited: boolean;
}

/** What happens to the limits of a process. */
export type LimitEvent =
  | { readonly type: 'acquired'; readonly held: Held }
  /** Not free at the moment, of what would not wait. */
  | { readonly type: 'refused'; readonly set: string }
  | { readonly type: 'queued'; readonly waiting: Waiting }
  | {
      readonly type: 'dequeued';
      readonly waiting: Waiting;
      readonly outcome: WaitOutcome;
      readonly waitedMs: number;
      readonly error: unknown;
    }
  /** What was `used` of the rate limits is known by now. */
  | { readonly type: 'released'; readonly held: Held; readonly used: Vector }
  | {
      readonly type: 'answered';
      readonly set: string;
      readonly outcome: Observation['outcome'];
      readonly cause: ProviderFault | undefined;
    }
  | {
      readonly type: 'suspended';
      readonly set: string;
      readonly kind: Suspension['kind'];
      readonly cause: SuspensionCause;
    }
  | { readonly type: 'lease lost'; readonly set: string };

const CHANNEL = 'temporal-limits';

/** A publisher first checks whether there are subscribers: without any, an event costs no more than that. */
export const limitEvents = channel(CHANNEL);

let numbered = 0;

/** The number of the next event that has one. */
export function nextNumber(): number {
  numbered += 1;
  return numbered;
}

export function publish(event: LimitEvent): void {
  limitEvents.publish(event);
}

/**
 * Calls `hear` with each event from now on. What it returns ends that. What `hear` throws is said once: the channel would
 * throw it where nobody can catch it, and so end the process.
 */
export function subscribe(hear: (event: LimitEvent) => void): () => void {
  let hasThrown = false;
  const listener = (message: unknown): void => {
    try {
      hear(message as LimitEvent);
    } catch (error) {
      if (hasThrown) return;
      hasThrown = true;
      const reason = error instanceof Error ? error.message : String(error);
      process.emitWarning(`A tracer or meter of temporal-limits has thrown: ${reason}`, 'LimitsWarning');
    }
  };
  subscribeTo(CHANNEL, listener);
  return () => {
    unsubscribe(CHANNEL, listener);
  };
}

/**
 * The name under which a set is reported: its own, or that of its template. So no metric contains the key of a customer,
 * and a thousand customers are one series.
 */
export function familyOf(name = 'unnamed'): string {
  return name.replace(/(?<=.)\[[^[\]]*\]$/s, '');
}

/** The provider of a set is not served for a while. */
export function tellSuspended(name: string, { kind, cause }: Pick<Suspension, 'kind' | 'cause'>): void {
  if (limitEvents.hasSubscribers) publish({ type: 'suspended', set: familyOf(name), kind, cause });
}

/** What acquisitions of a set hold here may be others' by now. */
export function tellLeaseLost(name: string): void {
  if (limitEvents.hasSubscribers) publish({ type: 'lease lost', set: familyOf(name) });
}
