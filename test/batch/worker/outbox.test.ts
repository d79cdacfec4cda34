import { Outbox } from '../../../src/batch/worker/outbox';
import { type ItemResult } from '../../../src/workflows/batch/item-result';

const failed = (id: string): ItemResult => ({
  ...{ id, ok: false, set: 'one', attempts: 1 },
  error: { type: 'RequestRejected', message: 'no' },
});

function outbox() {
  const sent: string[] = [];
  const box = new Outbox(({ id }) => void sent.push(id));
  return { box, sent };
}

it('has a result written once the command says so', async () => {
  const { box, sent } = outbox();
  const seen: string[] = [];
  const [first, second] = ['a', 'b'].map((id) => box.write(failed(id)).then(() => seen.push(id)));
  expect(sent).toEqual(['a', 'b']);
  box.written('b');
  await second;
  expect(seen).toEqual(['b']);
  box.written('a');
  await first;
});

it('says why a result cannot be written', async () => {
  const { box } = outbox();
  const written = box.write(failed('a'));
  box.written('a', 'out.jsonl cannot be written (ENOSPC)');
  await expect(written).rejects.toMatchObject({
    type: 'OutputError',
    nonRetryable: true,
    message: 'out.jsonl cannot be written (ENOSPC)',
  });
});

it('gives items back whose results nobody writes any more, now and later', async () => {
  const { box, sent } = outbox();
  const before = box.write(failed('a'));
  box.close();
  await expect(before).rejects.toMatchObject({ type: 'Recalled' });
  await expect(box.write(failed('b'))).rejects.toMatchObject({ type: 'Recalled' });
  expect(sent).toEqual(['a']);
});

it('takes no notice of what it has not sent', () => {
  outbox().box.written('unknown');
});
