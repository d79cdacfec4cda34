import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { version } from '@temporalio/worker/package.json';
import { keptCode, shipCode, shippedCode, workflowCode } from '../../../src/activities/plugin/workflow-code';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'temporal-limits-'));
});

afterEach(() => rm(folder, { recursive: true }));

describe('the bundled workflow code', () => {
  it('is kept whole, for its user alone, and read the next time', async () => {
    const kept = join(folder, 'workflow-code');
    const { code } = await keptCode(kept);
    expect(code).toContain('limiterWorkflow');
    const [name, ...others] = await readdir(kept);
    expect(name).toMatch(/^[0-9a-f]{64}\.js$/);
    expect(others).toEqual([]);
    expect(await readFile(join(kept, name!), 'utf8')).toBe(code);
    expect((await stat(kept)).mode & 0o077).toBe(0);
    await writeFile(join(kept, name!), '// read');
    expect(await keptCode(kept)).toEqual({ code: '// read' });
  });

  it('is shipped for the version of the SDK alone, with nothing of the machine that made it', async () => {
    expect(await shippedCode(folder)).toBeUndefined();
    await shipCode(folder);
    const [name, ...others] = await readdir(folder);
    expect([name, others]).toEqual([`${version}.js`, []]);
    const { code } = (await shippedCode(folder))!;
    expect(code).toContain('limiterWorkflow');
    expect(code).not.toContain('_class_private_field');
    const map = Buffer.from(code.slice(code.lastIndexOf('base64,') + 7), 'base64').toString();
    expect((code + map).includes(resolve(__dirname, '../../..'))).toBe(false);
    await rename(join(folder, name!), join(folder, '0.0.1.js'));
    expect(await shippedCode(folder)).toBeUndefined();
  });

  it('is bundled each time where nothing can be kept', async () => {
    const kept = join(folder, 'a-file');
    await writeFile(kept, '');
    expect((await keptCode(kept)).code).toContain('limiterWorkflow');
    expect(await readdir(folder)).toEqual(['a-file']);
  });

  it('is bundled with the converters of a user, and that is not kept', async () => {
    const before = process.env['XDG_CACHE_HOME'];
    process.env['XDG_CACHE_HOME'] = folder;
    const payloadConverterPath = require.resolve('../../support/json-converter');
    const { code } = await workflowCode({ payloadConverterPath });
    if (before === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = before;
    expect(code).toContain('json-converter');
    expect(await readdir(folder)).toEqual([]);
  });
});
