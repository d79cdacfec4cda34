/** What runs inside workers: the plugin that gives a worker its limits, and what activities use of them. */
export { currentAcquisition, currentLimits } from './current';
export { limited, type LimitedOptions } from './limited';
export { LimitsPlugin, type LimitsPluginOptions } from './limits-plugin';
export type { Limits, WorkerLimits } from './worker-limits';
