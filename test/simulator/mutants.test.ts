import { MUTANTS } from '../../simulator/mutants/mutants';
import { noticesMistakes } from './notices-mistakes';

noticesMistakes(MUTANTS.filter((_, place) => place % 2 === 0));

test('there are mistakes, each under a name of its own', () => {
  expect(MUTANTS.length).toBeGreaterThanOrEqual(40);
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
});
