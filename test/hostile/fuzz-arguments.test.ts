import { readArguments } from '../../fuzz/arguments';
import { targets } from '../../fuzz/targets/all';

const namesOf = (...args: string[]): string[] => readArguments(args).targets.map(({ name }) => name);

test('without further word every target gets input', () => {
  expect(readArguments(['--seed', '7'])).toEqual({ targets, seconds: 30, seed: 7 });
});

test('targets are chosen by a part of their names', () => {
  expect(namesOf('--only', 'snapshots,replayed')).toEqual(['snapshots', 'replayed syncs']);
});

test.each([
  [['--seconds', 'abc'], "--seconds: expected a number from 0, got 'abc'"],
  [['--seconds', ''], "--seconds: expected a number from 0, got ''"],
  [['--seed', '1.5'], "--seed: expected a whole number from 1, got '1.5'"],
  [['--only', 'nosuch'], "--only: 'nosuch' is in none of limits, limit sets"],
  [['--only', 'limits,'], "--only: '' is in none of"],
  [['--minutes', '1'], "Unknown option '--minutes'"],
])('%j is refused before anything is done', (args, reason) => {
  expect(() => readArguments(args)).toThrow(reason);
});
