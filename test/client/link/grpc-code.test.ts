import { ServiceError } from '@temporalio/client';
import { grpcCodeOf, wentUnanswered } from '../../../src/client/link/reachability';

/** As gRPC throws it. */
const failure = (code: number): Error =>
  Object.assign(new Error('14 UNAVAILABLE'), { code, details: '', metadata: {} });

describe('how a call failed', () => {
  it('is told by gRPC itself, or by the error that Temporal makes of that', () => {
    expect(grpcCodeOf(failure(8))).toBe(8);
    expect(grpcCodeOf(new ServiceError('Failed to query Workflow', { cause: failure(5) }))).toBe(5);
  });

  it('is not told by other errors, nor by what is none', () => {
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
    expect(wentUnanswered(failure(code))).toBe(expected);
    expect(wentUnanswered(new ServiceError('Failed', { cause: failure(code) }))).toBe(expected);
  });
});
