/** A workflow run that acquires. */
export interface RunAddress {
  readonly workflowId: string;
  readonly runId: string;
}

/** How the task queues begin on which processes hear pushes. */
export const PUSH_QUEUE_PREFIX = 'limits-push:';

const RUN_PREFIX = 'workflow:';
const PUSH_QUEUE = new RegExp(`^${PUSH_QUEUE_PREFIX}[\\x21-\\x7e]{1,400}$`);
const RUN = new RegExp(`^${RUN_PREFIX}([\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}):([^\\p{Cs}\\0]{1,1000})$`, 'su');
/** The longest workflow id that a server takes, as it comes configured. Unit: bytes. */
const LONGEST_ID = 1_000;

/** Where a workflow run hears pushes, as its syncs name it. */
export function runAddress({ workflowId, runId }: RunAddress): string {
  return `${RUN_PREFIX}${runId}:${workflowId}`;
}

/**
 * The run that hears pushes at an address, if a run does. A message that names what no server takes would fail every
 * workflow task of the limiter from then on.
 */
export function runAt(address: string): RunAddress | undefined {
  const [, runId, workflowId] = RUN.exec(address) ?? [];
  if (runId === undefined || workflowId === undefined) return undefined;
  const bytes = encodeURIComponent(workflowId).replace(/%../g, '%').length;
  return bytes > LONGEST_ID ? undefined : { workflowId, runId };
}

/**
 * Whether this is the task queue of a process that hears pushes. A message that names another must not put activities
 * on it.
 */
export function isPushQueue(address: string): boolean {
  return PUSH_QUEUE.test(address);
}
