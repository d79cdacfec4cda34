import * as everything from '../../../src';
import { LASTING_ERRORS, LimitsError } from '../../../src/limiter/errors/limits-error';

const PASSING = [
  'AcquireTimeoutError',
  'DefinitionConflictError',
  'DrainEndedError',
  'DrainTimeoutError',
  'LeaseLostError',
  'LimiterUnavailableError',
  'NoLimiterError',
  'QueueFullError',
];

test('of every error that is thrown it is known whether trying again may help', () => {
  const names = Object.entries(everything)
    .filter(([, exported]) => typeof exported === 'function' && exported.prototype instanceof LimitsError)
    .map(([name]) => name);
  expect(names.sort()).toEqual([...LASTING_ERRORS, ...PASSING].sort());
});
