import type { LimiterLink } from '../acquire/limiter-link';
import type { Push } from '../limiter/wire';

/** A process's way to one limiter: it can ask where no worker of it hears pushes. */
export interface ProcessLink extends LimiterLink {
  /** The last push to this client, if the limiter has one. */
  ask(client: string): Promise<Push | undefined>;
}
