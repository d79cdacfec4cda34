import { ConfigError, InputError, OutputError, TargetError, UsageError } from '../../../src/batch/errors/errors';
import { exitCodeOf, workerExitCodeOf } from '../../../src/batch/errors/exit-code';
import { DefinitionConflictError } from '../../../src/limiter/errors/definition-errors';

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
