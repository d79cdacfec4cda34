import { readFileSync } from 'node:fs';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';
import * as entry from '../../src/workflows/index';

/** The workflow SDK alone is some 1.2 MB; what is larger has drawn something in that has no place in a sandbox. */
const MOST_BYTES = 1_750_000;

let bundle: WorkflowBundle;
const told: string[] = [];

beforeAll(async () => {
  bundle = await bundleWorkflowCode({
    workflowsPath: require.resolve('../../src/workflows/index'),
    logger: new DefaultLogger('DEBUG', ({ level, message }) => told.push(`${level} ${message}`)),
  });
});

/** The program without the source map at its end. */
const program = (): string => bundle.code.slice(0, bundle.code.indexOf('//# sourceMappingURL'));

describe('the workflow entry', () => {
  it('bundles without a warning, and without a module that the sandbox lacks', () => {
    expect(told.filter((line) => /WARN|ERROR|[1-9]\d* (?:warning|error)/.test(line))).toEqual([]);
    expect(program()).not.toMatch(/\.\/src\/(?:client|activities|batch)\//);
  });

  it('stays small', () => {
    expect(Buffer.byteLength(program())).toBeLessThan(MOST_BYTES);
  });

  it('exports the workflows, and what workflows are built of', () => {
    expect(Object.keys(entry).sort()).toEqual([
      'CallLimit',
      'LimitPool',
      'LimitSet',
      'RateLimit',
      'ResourceLimit',
      'TaskPool',
      'TasksTimeoutError',
      'asCompleted',
      'batchWorkflow',
      'configureLimits',
      'gather',
      'limiterWorkflow',
      'wait',
    ]);
  });

  it('is the entry that the package names', () => {
    const root = path.join(__dirname, '../..');
    const { exports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      exports: Record<string, { default: string }>;
    };
    expect(exports['./workflow']?.default).toBe('./lib/src/workflows/index.js');
  });
});
