/**
 * What workflow code gets that imports `temporal-limits` or `temporal-limits/worker`: the bundler of Temporal's workers
 * takes the `browser` condition of package.json's `exports`, which Node never does. It lists the modules that a sandbox
 * cannot have and refuses the bundle, so the name of this one carries the advice; nothing of that name is ever loaded.
 */
// @ts-expect-error -- there is no such module
import '@temporalio/client/ (in workflow code, import from temporal-limits/workflow, not temporal-limits)';
