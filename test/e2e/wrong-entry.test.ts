import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import ts from 'typescript';

const ROOT = path.join(__dirname, '../..');

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'wrong-entry-'));
  const installed = path.join(folder, 'node_modules/temporal-limits');
  mkdirSync(path.join(installed, 'lib/src'), { recursive: true });
  symlinkSync(path.join(ROOT, 'node_modules/@temporalio'), path.join(folder, 'node_modules/@temporalio'));
  cpSync(path.join(ROOT, 'package.json'), path.join(installed, 'package.json'));
  const source = readFileSync(path.join(ROOT, 'src/wrong-entry.ts'), 'utf8');
  const compilerOptions = { module: ts.ModuleKind.CommonJS };
  const { outputText } = ts.transpileModule(source, { compilerOptions });
  writeFileSync(path.join(installed, 'lib/src/wrong-entry.js'), outputText);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test.each(['temporal-limits', 'temporal-limits/worker'])(
  'workflow code that imports %s is told what to import, without pages of errors',
  async (entry) => {
    const workflowsPath = path.join(folder, 'workflows.ts');
    writeFileSync(
      workflowsPath,
      `import { LimitSet } from '${entry}';\nexport const work = async () => void new LimitSet();`,
    );
    const told: string[] = [];
    const logger = new DefaultLogger('ERROR', ({ message }) => told.push(message));
    await expect(bundleWorkflowCode({ workflowsPath, logger })).rejects.toThrow(
      'in workflow code, import from temporal-limits/workflow, not temporal-limits',
    );
    expect(told).toEqual([]);
  },
);
