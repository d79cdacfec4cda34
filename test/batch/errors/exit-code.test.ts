import { ConfigError, InputError, OutputError, TargetError, UsageError } from '../../../src/batch/errors/errors';
import { exitCodeOf, reasonOf, workerExitCodeOf } from '../../../src/batch/errors/exit-code';
import { DefinitionConflictError } from '../../../src/limiter/errors/definition-errors';
import { LimiterUnavailableError } from '../../../src/limiter/errors/limiter-errors';

it.each([
  ['a bad config', new ConfigError('limits.yaml', []), 2, 2],
  ['other limits than those that run', new DefinitionConflictError('eu', []), 2, 2],
  ['a bad input', new InputError('in.jsonl', []), 2, 2],
  ['options that contradict each other', new UsageError('no'), 2, 2],
  ['a server that does not answer', new TargetError('away'), 2, 1],
  ['an output that exists', new OutputError('out.jsonl', 'exists'), 2, 2],
  ['anything else', new Error('why'), 1, 1],
])(
  '%s: the exit code of a command, and of a worker process, whose next one may do better',
  (_, error, code, ofWorker) => {
    expect([exitCodeOf(error), workerExitCodeOf(error)]).toEqual([code, ofWorker]);
  },
);

it('an output that cannot be written any more is no bad input', () => {
  expect(exitCodeOf(new OutputError('out.jsonl', 'ENOSPC'), true)).toBe(1);
});

it('the reason is the innermost one, but an error of this package speaks for itself', () => {
  const grpc = new Error('4 DEADLINE_EXCEEDED: query timed out');
  const own = new LimiterUnavailableError('plain', 'it does not answer', { cause: grpc });
  expect(reasonOf(new Error('Activity task failed', { cause: grpc }))).toBe('4 DEADLINE_EXCEEDED: query timed out');
  expect(reasonOf(own)).toBe('The limiter of "plain" is not available: it does not answer');
  expect(reasonOf(new Error('Activity task failed', { cause: own }))).toBe(own.message);
});
