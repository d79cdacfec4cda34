import type { SetDefinition } from '../limiter/definition';
import type { Clock } from './clock';
import type { Hear, LimiterLink } from './limiter-link';

/** What a client is made of. */
export interface LeaseClientOptions {
  readonly name: string;
  readonly definition: SetDefinition;
  readonly link: LimiterLink;
  readonly clock: Clock;
  /** A new, unique id at each call. */
  readonly newId: () => string;
  /** Told of each lease that begins, so that pushes find it. */
  readonly onLease: (client: string, hear: Hear) => void;
  /** Randomness of the waits between tries. */
  readonly random?: () => number;
}
