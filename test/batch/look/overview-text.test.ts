import { overviewText } from '../../../src/batch/look/overview-text';
import { PLAIN, Style } from '../../../src/batch/text/style';
import { type SetOverview } from '../../../src/batch/temporal/overview';

const overview = (set: string, own: Partial<SetOverview> = {}): SetOverview => ({
  ...{ set, state: 'serving', runStartedAt: '', taskQueue: '', clients: 1, waiting: 0, oldestWaitMs: null },
  fullest: { limit: 'input_tokens', taken: 0.7 },
  ...own,
});

const screen = { title: 'here', columns: 80 };

it('cuts long names, and counts letters that are two columns wide as two', () => {
  const sets = [overview('a-set-with-a-long-name'), overview('名前名前名前名前'), overview('other')];
  expect(overviewText(sets, screen, PLAIN).split('\n')).toEqual([
    'here: 3 sets, 0 waiting',
    'SET           STATE         FULLEST       TAKEN             WAITING       OLDEST',
    'a-set-with-…  serving       input_tokens  ███████░░░  70 %        0            –',
    'other         serving       input_tokens  ███████░░░  70 %        0            –',
    '名前名前名…   serving       input_tokens  ███████░░░  70 %        0            –',
  ]);
});

it('shows the state in words, in the colour of how urgent it is', () => {
  const text = overviewText([overview('a', { state: 'circuit_open', fullest: null })], screen, new Style(true));
  expect(text).toContain('\u001b[31mcircuit open\u001b[39m');
});

it('counts the sets that do not fit', () => {
  const sets = ['a', 'b', 'c'].map((name) => overview(name));
  expect(
    overviewText(sets, { ...screen, rows: 5 }, PLAIN)
      .split('\n')
      .slice(2),
  ).toEqual([expect.stringMatching(/^a /), expect.stringMatching(/^b /), 'and 1 more']);
});
