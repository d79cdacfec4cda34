import { InvalidReply, readReply } from '../../../src/batch/worker/provider';

const completion = (content: unknown) => ({ choices: [{ message: { role: 'assistant', content } }] });

describe('a reply', () => {
  it('is its text and the counts that make sense', () => {
    const usage = { prompt_tokens: 8, completion_tokens: Infinity };
    expect(readReply({ ...completion('hi'), usage })).toEqual({ text: 'hi', usage: { input_tokens: 8 } });
    expect(readReply(completion(''))).toEqual({ text: '', usage: {} });
  });

  it.each([
    '<html></html>',
    null,
    {},
    { choices: [] },
    { choices: [null] },
    { choices: [{}] },
    completion(null),
    completion([]),
  ])('that is no chat completion is refused: %j', (reply) => {
    expect(() => readReply(reply)).toThrow(InvalidReply);
  });
});
