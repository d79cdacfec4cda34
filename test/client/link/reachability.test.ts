import { ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { grpcCodeOf, Reachability, wentUnanswered } from '../../../src/client/link/reachability';
import { FakeClock } from '../../support/fake-clock';

/** As gRPC throws it. */
const grpcError = (code: number): Error =>
  Object.assign(new Error('14 UNAVAILABLE'), { code, details: '', metadata: {} });
/** As the SDK throws that. */
const serviceError = (code: number): Error => new ServiceError('Failed to query Workflow', { cause: grpcError(code) });
const [UNAVAILABLE, PERMISSION_DENIED] = [14, 7];

describe('how a call failed', () => {
  it('is what gRPC says, or the error that Temporal makes of that', () => {
    expect(grpcCodeOf(grpcError(8))).toBe(8);
    expect(grpcCodeOf(serviceError(5))).toBe(5);
  });

  it('cannot be read from other errors, nor from what is none', () => {
    const others = [
      new Error('no'),
      new Error('no', { cause: new Error('why') }),
      Object.assign(new Error(), { code: 4 }),
    ];
    for (const other of [...others, undefined, 'no', { code: 4 }]) {
      expect(grpcCodeOf(other)).toBeUndefined();
      expect(wentUnanswered(other)).toBe(false);
    }
  });

  it.each([
    [1, true],
    [4, true],
    [14, true],
    [5, false],
    [7, false],
    [8, false],
    [13, false],
  ])('with code %i means that nobody answered: %s', (code, expected) => {
    expect(wentUnanswered(grpcError(code))).toBe(expected);
    expect(wentUnanswered(serviceError(code))).toBe(expected);
  });
});

describe('an outage', () => {
  function afterTries(...errors: readonly Error[]): boolean {
    const reach = new Reachability(new FakeClock());
    for (const error of errors) reach.failed(error);
    return reach.isLost;
  }

  it('is three calls in a row that nobody answers, and any answer ends it', () => {
    const none = serviceError(UNAVAILABLE);
    expect(afterTries(none, none)).toBe(false);
    expect(afterTries(none, none, none)).toBe(true);
    expect(afterTries(none, none, serviceError(PERMISSION_DENIED), none)).toBe(false);
    expect(afterTries(none, none, none, serviceError(PERMISSION_DENIED))).toBe(false);
  });

  it.each([
    ['there is no such workflow', new WorkflowNotFoundError('none', 'limits:set', undefined)],
    ['nothing could be sent', new TypeError('a codec threw')],
  ])('is not that %s', (_, error) => {
    expect(afterTries(error, error, error)).toBe(false);
  });
});
