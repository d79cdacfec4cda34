/** What the messages and tasks of a limiter come to. */
export interface Traffic {
  signals: number;
  /** Syncs that came with the completion of a push. */
  replies: number;
  pushes: number;
  probes: number;
  wakes: number;
  timers: number;
  /** How often it has continued as new. */
  runs: number;
}

/** What has been added since it was as `before`. */
export function trafficSince(before: Traffic, traffic: Traffic): Traffic {
  const added = Object.entries(traffic).map(([key, count]) => [key, count - before[key as keyof Traffic]] as const);
  return Object.fromEntries(added) as Record<keyof Traffic, number>;
}

/**
 * How many events that is in the history of a limiter workflow: a signal 1, a push 3, a workflow task 3, a timer 2. A reply
 * comes with the completion of its push.
 */
export function historyEvents({
  signals,
  pushes,
  wakes,
  timers,
}: Omit<Traffic, 'replies' | 'probes' | 'runs'>): number {
  return signals + 3 * (pushes + wakes) + 2 * timers;
}
