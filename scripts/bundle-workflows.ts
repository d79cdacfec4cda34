/** `npm run build` ends with it: puts the bundled workflow code into the package, so that no user has to bundle it. */
import { join } from 'node:path';
import { shipCode } from '../src/activities/plugin/workflow-code';

void shipCode(join(__dirname, '../lib/workflow-code'));
