import type { Target } from '../target';
import { acquisitions } from './acquisitions';
import { batchFiles } from './batch-command';
import { definitions } from './definitions';
import { files } from './files';
import { forgeries } from './forgeries';
import { messages } from './messages';
import { workflowCode } from './workflow-code';

/** The doors into this package at which one can stand without a server; `test/hostile/entries.test.ts` lists the others. */
export const targets: readonly Target[] = [
  ...definitions,
  ...acquisitions,
  ...workflowCode,
  ...messages,
  ...forgeries,
  ...files,
  ...batchFiles,
];
