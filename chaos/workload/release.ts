import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type WorkflowClientInterceptor } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { withNews } from './news';

/**
 * This release of the code, or one that is to come: its limiters and processes say more to each other than those of this
 * one know of.
 */
export type Release = 'this' | 'next';

/** Bundles the workflow code of a release. Resolves with the file. */
export async function bundleRelease(release: Release, folder: string): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: require.resolve('./workflows'),
    workflowInterceptorModules: release === 'next' ? [require.resolve('./next-release')] : [],
    logger: new DefaultLogger('ERROR'),
  });
  const file = join(folder, `${release}-release.js`);
  await writeFile(file, code);
  return file;
}

/** Has a process speak as one of the next release. */
export const nextReleaseClient: WorkflowClientInterceptor = {
  signalWithStart: (input, next) => next({ ...input, signalArgs: input.signalArgs.map(withNews) }),
};
