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
