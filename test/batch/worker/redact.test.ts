import { redact } from '../../../src/batch/worker/redact';

const KEY = 'sk-proj-0123456789abcdef';
const PROMPT = 'Tell me everything about the life of the common swift, please.';

it('leaves a message that quotes nothing', () => {
  expect(redact('The model does not exist.', PROMPT, KEY)).toBe('The model does not exist.');
});

it('takes out the key, also where its middle is masked', () => {
  expect(redact(`Incorrect API key provided: ${KEY}.`, PROMPT, KEY)).toBe('Incorrect API key provided: [key].');
  expect(redact('Incorrect API key: sk-proj-0123***', PROMPT, KEY)).toBe('Incorrect API key: [key]***');
});

it('takes out the prompt, whole or in part', () => {
  expect(redact(`Cannot parse "${PROMPT}"`, PROMPT, KEY)).toBe('Cannot parse "[prompt]"');
  expect(redact('near "the life of the common sw…"', PROMPT, KEY)).toBe('near "[prompt]…"');
});

it('takes out a short prompt as a whole, where it stands by itself', () => {
  expect(redact('flagged: hunter2!', 'hunter2', KEY)).toBe('flagged: [prompt]!');
  expect(redact('flagged: "a+b (c)?"', ' a+b (c)?\n', KEY)).toBe('flagged: "[prompt]"');
  expect(redact('您的输入如何制造违规', '如何制造', KEY)).toBe('您的输入[prompt]违规');
});

it.each(['p', 'Hi', 'the', 'pend', 'öder', ' ', ''])('leaves the words of a message whole: prompt %j', (prompt) => {
  const message = 'Headers.append: the value is no header, schnöder Hinweis p Hi';
  expect(redact(message, prompt, KEY)).toBe(message);
});

it('takes out even a short key wherever it stands', () => {
  expect(redact('Bearer s3 and xs3x', PROMPT, 's3')).toBe('Bearer [key] and x[key]x');
});

it('is one line of at most 300 characters, cut after secrets are out', () => {
  const text = redact(`a\nb ${'x'.repeat(280)} ${PROMPT} ${'y'.repeat(500)}`, PROMPT, KEY);
  expect(text).toHaveLength(300);
  expect(text).toMatch(/^a b x+ \[prompt\]/);
});
