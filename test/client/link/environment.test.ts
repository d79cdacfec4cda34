import { environmentConfig } from '../../../src/client/link/environment';

const before = process.env;

afterEach(() => {
  process.env = before;
});

it('the environment says where Temporal is', () => {
  process.env = { ...before, TEMPORAL_ADDRESS: 'temporal:7233', TEMPORAL_NAMESPACE: 'tenant' };
  expect(environmentConfig()).toMatchObject({ connectionOptions: { address: 'temporal:7233' }, namespace: 'tenant' });
});

it('a variable that is set but empty counts as unset', () => {
  process.env = { ...before, TEMPORAL_ADDRESS: '', TEMPORAL_NAMESPACE: '' };
  const { connectionOptions, namespace } = environmentConfig();
  expect([connectionOptions.address, namespace]).toEqual([undefined, undefined]);
});
