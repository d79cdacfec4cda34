import type { Target } from '../target';
import { acquisitions } from './acquisitions';
import { providers } from './answers';
import { batchFiles } from './batch-command';
import { definitions } from './definitions';
import { files } from './files';
import { forgeries } from './forgeries';
import { messages } from './messages';
import { workflowCode } from './workflow-code';

/** The ways into this package that need no server; `test/hostile/entries.test.ts` lists the others. */
export const targets: readonly Target[] = [
  ...definitions,
  ...acquisitions,
  ...providers,
  ...workflowCode,
  ...messages,
  ...forgeries,
  ...files,
  ...batchFiles,
];
