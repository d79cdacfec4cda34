import { InvalidReply, readReply } from '../../../src/batch/worker/provider';

const completion = (content: unknown) => ({ choices: [{ message: { role: 'assistant', content } }] });

describe('a reply', () => {
  it('is its text and the counts that make sense', () => {
    const usage = { prompt_tokens: 8, completion_tokens: Infinity };
    expect(readReply({ ...completion('hi'), usage })).toEqual({ text: 'hi', usage: { input_tokens: 8 } });
    expect(readReply(completion(''))).toEqual({ text: '', usage: {} });
  });

  it('tells of other units where the config says that they stand', () => {
    const units = {
      images: { requested: 1, usage: 'usage.details.images' },
      seconds: { requested: 1, usage: 'usage.seconds' },
      pages: { requested: 1 },
    };
    const usage = { details: { images: 2 }, seconds: 'many', pages: 3 };
    expect(readReply({ ...completion('hi'), usage }, units).usage).toEqual({ images: 2 });
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
