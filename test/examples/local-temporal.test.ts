import { loadClientConnectConfig } from '@temporalio/envconfig';
import { withTemporal } from '../../examples/local-temporal';

const before = process.env;

afterEach(() => {
  process.env = before;
});

it('an example is told where Temporal is, also by variables that are set but empty', async () => {
  process.env = { ...before, TEMPORAL_ADDRESS: '127.0.0.1:7233', TEMPORAL_NAMESPACE: '' };
  const { connectionOptions, namespace } = await withTemporal(() => Promise.resolve(loadClientConnectConfig()));
  expect([connectionOptions.address, namespace]).toEqual(['127.0.0.1:7233', 'default']);
});
