import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundlePath } from '@temporalio/worker';

/** The workflow code in a file, for workers to load. */
export interface WorkflowCode extends WorkflowBundlePath {
  remove(): Promise<void>;
}

/** Bundles the workflow code once: it takes seconds, which each worker would otherwise spend again. */
export async function bundleWorkflows(): Promise<WorkflowCode> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: require.resolve('../workflows/index'),
    logger: new DefaultLogger('ERROR'),
  });
  const folder = await mkdtemp(join(tmpdir(), 'temporal-limits-'));
  const codePath = join(folder, 'workflows.js');
  await writeFile(codePath, code);
  return { codePath, remove: () => rm(folder, { recursive: true, force: true }) };
}
