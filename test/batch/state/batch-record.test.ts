import {
  type BatchContent,
  type BatchRecord,
  RECORD_FORMAT,
  refuseOtherBatch,
} from '../../../src/batch/state/batch-record';

const content: BatchContent = {
  input: { file: '/in.jsonl', items: 1, digest: 'abc' },
  sets: [{ name: 'east', limits: [] }],
  pool: {},
  models: ['gpt-4o'],
  taskQueues: ['east'],
};
const target = { address: 'localhost:7233', namespace: 'default', isOwn: false };
const begun = (own: Partial<BatchContent> = {}): BatchRecord => ({
  ...{ ...content, ...own },
  ...{ format: RECORD_FORMAT, id: 'b1', partitions: 1, startedAt: 0, target },
});
const encoded: BatchContent = { ...content, dataConverter: '/codec.cjs' };

describe('a batch goes on only with the data converter that it was begun with', () => {
  it.each([
    ['begun without one', begun(), encoded],
    ['begun with one', begun(encoded), content],
    ['begun with another', begun(encoded), { ...content, dataConverter: '/other.cjs' }],
  ])('%s', (_, record, now) => {
    expect(() => refuseOtherBatch(record, now, 'out.jsonl')).toThrow(
      'out.jsonl belongs to batch b1, which is not through, and the data converter in the config differs: ' +
        'repeat it as it was, name another output, or pass --force to begin anew',
    );
  });

  it.each([
    ['without', content],
    ['with the same', encoded],
  ])('%s', (_, same) => {
    expect(() => refuseOtherBatch(begun(same), same, 'out.jsonl')).not.toThrow();
  });
});
