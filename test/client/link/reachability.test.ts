import { WorkflowNotFoundError } from '@temporalio/client';
import { Reachability } from '../../../src/client/link/reachability';
import { FakeClock } from '../../support/fake-clock';

/** As the SDK throws what gRPC has told. */
const grpcError = (code: number): Error =>
  new Error('failed', { cause: Object.assign(new Error('told'), { code, details: '', metadata: {} }) });
const [UNAVAILABLE, PERMISSION_DENIED] = [14, 7];

function afterTries(...errors: readonly Error[]): boolean {
  const reach = new Reachability(new FakeClock());
  for (const error of errors) reach.failed(error);
  return reach.isLost;
}

test('three calls in a row that nobody answers are an outage, and any answer ends it', () => {
  const none = grpcError(UNAVAILABLE);
  expect(afterTries(none, none)).toBe(false);
  expect(afterTries(none, none, none)).toBe(true);
  expect(afterTries(none, none, grpcError(PERMISSION_DENIED), none)).toBe(false);
  expect(afterTries(none, none, none, grpcError(PERMISSION_DENIED))).toBe(false);
});

test.each([
  ['there is no such workflow', new WorkflowNotFoundError('none', 'limits:set', undefined)],
  ['nothing could be sent', new TypeError('a codec threw')],
])('that %s is no outage', (_, error) => {
  expect(afterTries(error, error, error)).toBe(false);
});
