import { whyText } from '../../../src/batch/look/why-text';
import { UNCHANGED } from '../../../src/limiter/control/control';
import { needsSomebody, type Why, type WhyCause, whyOf } from '../../../src/limiter/control/why';
import { PLAIN } from '../../../src/batch/text/style';
import { anInspection, AT } from '../../support/fake-sets';

const why = (cause: WhyCause, own: Partial<Why> = {}): Why => ({
  ...{ set: 'openai-eu', cause, summary: 'There is no room.', waiting: 3 },
  ...own,
});

it.each([
  ['NONE', false],
  ['LIMIT', false],
  ['PERMITS', false],
  ['PAUSED', true],
  ['CIRCUIT', true],
  ['TOO_BIG', true],
  ['FULL', true],
  ['UNHOSTED', true],
  ['STUCK', true],
  ['NOT_STARTED', true],
] as const)('%s needs somebody: %p', (cause, needed) => {
  expect(needsSomebody(why(cause))).toBe(needed);
});

it('a pause that ends by itself needs nobody', () => {
  expect(needsSomebody(why('PAUSED', { expectedAt: 1 }))).toBe(false);
});

it('says the cause, who is next, and what helps', () => {
  const own = { client: 'w-1', needs: { input_tokens: 900 }, expectedAt: 65_000, advice: 'Wait.' };
  expect(whyText(why('LIMIT', own), 0, PLAIN)).toBe(
    'set openai-eu: LIMIT, 3 waiting\n' +
      '  There is no room.\n' +
      '  next: w-1, needs 900 input_tokens, expected in 1 min 5 s\n' +
      '  advice: Wait.\n',
  );
  expect(whyText(why('NONE'), 0, PLAIN)).toBe('set openai-eu: NONE, 3 waiting\n  There is no room.\n');
});

it('names a set in a command as a shell takes it', () => {
  const pause = { by: 'anna', reason: '', at: AT };
  const found = whyOf(anInspection({ set: '$(id)`x`', control: { ...UNCHANGED, pause } }));
  expect(found.advice).toBe("`temporal-limits resume '$(id)`x`'` ends the pause.");
});

it('names a time in one format only', () => {
  const next = { client: 'w-1', amounts: { input_tokens: 400 }, waitingSince: AT, priority: 0 };
  const expected = { bindingLimit: 'input_tokens', expectedAt: AT + 3_588_000 };
  expect(whyText(whyOf(anInspection({ waiting: 1, next: { ...next, ...expected } })), AT, PLAIN)).toBe(
    'set openai-eu: LIMIT, 1 waiting\n' +
      '  input_tokens has no room: 500 of 1000 used, 200 granted; the next request needs 400. ' +
      'Room for it is expected in 59 min 48 s.\n' +
      '  next: w-1, needs 400 input_tokens, expected in 59 min 48 s\n',
  );
});
