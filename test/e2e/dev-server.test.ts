import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { startDevServer } from '../../src/client/dev-server/dev-server';
import { devServerSource } from '../support/server';

it('serves its namespace from the moment it is given, and is gone when it is stopped', async () => {
  const server = await startDevServer({ namespace: 'mine', source: await devServerSource() });
  const connection = await Connection.connect({ address: server.address });
  const { namespaceInfo } = await connection.workflowService.describeNamespace({ namespace: 'mine' });
  await connection.close();
  await server.stop();

  expect(namespaceInfo?.name).toBe('mine');
  await expect(Connection.connect({ address: server.address, connectTimeout: '1s' })).rejects.toThrow();
});

it('starts once more where another process took one of its ports meanwhile', async () => {
  const source = await devServerSource();
  if (source.kind === 'address') throw new Error('there is no server to start');
  const folder = await mkdtemp(join(tmpdir(), 'dev-server-'));
  const path = join(folder, 'temporal');
  const taken = 'echo "listen tcp 127.0.0.1:1: bind: address already in use" >&2; exit 1';
  await writeFile(path, `#!/bin/sh\nmkdir "${folder}/tried" && { ${taken}; }\nexec "${source.path}" "$@"\n`);
  await chmod(path, 0o755);
  try {
    const server = await startDevServer({ namespace: 'mine', source: { kind: 'executable', path } });
    await expect(Connection.connect({ address: server.address }).then((c) => c.close())).resolves.toBeUndefined();
    await server.stop();
  } finally {
    await rm(folder, { recursive: true });
  }
});
