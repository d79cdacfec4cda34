import type { Push, Sync } from '../limiter/wire';

/** The way to one limiter; Temporal's in a process, a simulated one in tests. */
export interface LimiterLink {
  /** The address at which this client hears pushes at this moment; empty while it has to ask. */
  readonly queue: string;
  /** Resolves once the message is stored where the limiter will read it; rejects if that is not certain. */
  send(sync: Sync): Promise<void>;
}

/** What a push for a client reaches. What comes back travels to the limiter with the push's completion. */
export type Hear = (push: Push) => Sync | undefined;
