import { redact } from '../../src/batch/redact';

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

it('takes out a short prompt as a whole', () => {
  expect(redact('flagged: hunter2!', 'hunter2', KEY)).toBe('flagged: [prompt]!');
});

it('is one line of at most 300 characters, cut after secrets are out', () => {
  const text = redact(`a\nb ${'x'.repeat(280)} ${PROMPT} ${'y'.repeat(500)}`, PROMPT, KEY);
  expect(text).toHaveLength(300);
  expect(text).toMatch(/^a b x+ \[prompt\]/);
});
