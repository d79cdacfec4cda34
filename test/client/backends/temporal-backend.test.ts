import { createTemporalBackend } from '../../../src/client/backends/temporal-backend';
import { registerClient } from '../../../src/client/link/push-registry';
import { checkSet } from '../../../src/acquire/set/set-settings';
import { FakeClock } from '../../support/fake-clock';

jest.mock('../../../src/client/link/push-registry');

it('a set that is closed is kept no longer by what hears pushes', async () => {
  const forget = jest.fn();
  jest.mocked(registerClient).mockReturnValue(forget);
  const { definition } = checkSet({ limits: [{ kind: 'resource', key: 'slots', capacity: 1 }] });
  const clock = new FakeClock();
  const backend = createTemporalBackend({
    name: 'closed',
    definition,
    onUnavailable: 'wait',
    client: undefined,
    clock,
  });
  expect(registerClient).toHaveBeenCalledTimes(1);
  expect(forget).not.toHaveBeenCalled();
  await backend.close();
  expect(forget).toHaveBeenCalledTimes(1);
});
