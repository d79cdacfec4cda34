import { readPush } from '../../../src/limiter/protocol/push-check';
import type { Push } from '../../../src/limiter/protocol/wire';
import { calls, permits } from '../../../simulator/scenario/definitions';

const LIMITS = [calls(10, 1_000), permits(3)];
const PUSH: Push = {
  ...{ wire: 1, client: 'client', seq: 1, ack: 1, ackAt: 0, now: 0, status: 'granted', fence: 1 },
  ...{ firstGrant: 1, grants: [], levels: [0, 0], more: false },
};

const read = (lowered: unknown) => readPush({ ...PUSH, lowered }, 'client', LIMITS);

describe('what a push says of limits of which less counts than is defined', () => {
  it('is read where it makes sense', () => {
    const rows = [
      [0, 2.5, 'adaptive'],
      [1, 2, 'provider'],
    ];
    expect(read(rows)?.lowered).toEqual(rows);
    expect(read([])).toBeDefined();
    expect(read(undefined)).toBeDefined();
  });

  it.each([
    ...['adaptive', {}, [0, 2, 'adaptive'], [[2, 1, 'adaptive']], [[-1, 1, 'adaptive']], [['0', 1, 'adaptive']]],
    ...[[[0, NaN, 'adaptive']], [[0, -1, 'adaptive']], [[0, 1, 'constructor']], [[0, 1]], [null]],
    ...[new Array<unknown>(3).fill([0, 1, 'adaptive'])],
  ])('has it taken for no push otherwise: %j', (lowered) => {
    expect(read(lowered)).toBeUndefined();
  });
});
