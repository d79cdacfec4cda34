/**
 * For a worker of workflow code that always comes to an end, such as the limiter's: it may take up to 10 minutes at once.
 *
 * Else the SDK interrupts what a workflow does at once after 5 s by the wall clock, also where the process merely got no
 * processor for that long. Node.js 20 does not survive that: "async hook stack has become corrupted", and the whole
 * process is aborted with all its calls. The SDK takes this option, but does not declare it.
 */
export const UNINTERRUPTED = { isolateExecutionTimeout: '10m' } as const;
