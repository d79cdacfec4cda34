import { programFor } from '../../../src/batch/cli/program';
import { Answering } from '../../../src/batch/operate/answering';

jest.mock('@temporalio/client', () => {
  throw new Error('the client is loaded');
});
jest.mock('@temporalio/worker', () => {
  throw new Error('the worker is loaded');
});
jest.mock('@temporalio/workflow', () => {
  throw new Error('the workflow library is loaded');
});

// they take longer to load than a batch has for its first call
it('knows every command and its options before any of the SDK is loaded', () => {
  const { commands } = programFor(new Answering({ exit: () => undefined } as never));
  expect(commands.map((command) => command.name())).toEqual(
    expect.arrayContaining(['batch', 'worker', 'ls', 'why', 'dashboard', 'metrics', 'pause', 'clear']),
  );
  for (const command of commands) expect(command.helpInformation()).toContain(command.name());
});
