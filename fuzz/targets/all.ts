import type { Target } from '../target';
import { acquisitions } from './acquisitions';
import { definitions } from './definitions';
import { files } from './files';
import { messages } from './messages';

/** Every door into this package that a test can stand at without a server. */
export const targets: readonly Target[] = [...definitions, ...acquisitions, ...messages, ...files];
