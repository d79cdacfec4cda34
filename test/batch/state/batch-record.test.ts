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

describe('a batch continues only with the data converter that it was begun with', () => {
  it.each([
    ['begun without one', begun(), encoded],
    ['begun with one', begun(encoded), content],
    ['begun with another', begun(encoded), { ...content, dataConverter: '/other.cjs' }],
  ])('%s', (_, record, now) => {
    expect(() => refuseOtherBatch(record, now, 'out.jsonl')).toThrow(
      'out.jsonl belongs to batch b1, which is not finished, and the data converter in the config differs: ' +
        'repeat it unchanged, name another output, or pass --force to start over',
    );
  });

  it.each([
    ['without', content],
    ['with the same', encoded],
  ])('%s', (_, same) => {
    expect(() => refuseOtherBatch(begun(same), same, 'out.jsonl')).not.toThrow();
  });
});

describe('limits of a batch that continues', () => {
  const calls = { kind: 'call', windowSeconds: 60 } as const;
  const east = (capacity: number, version?: number): BatchContent => ({
    ...content,
    sets: [{ name: 'east', limits: [{ ...calls, capacity }], ...(version !== undefined && { version }) }],
  });

  it.each([
    ['the same', east(500), east(500)],
    ['the same under the version that a config without one has', east(500), east(500, 1)],
    ['others under a higher version', east(500), east(100, 2)],
    ['the same under a higher version', east(500, 2), east(500, 3)],
  ])('may be %s', (_, then, now) => {
    expect(() => refuseOtherBatch(begun(then), now, 'out.jsonl')).not.toThrow();
  });

  it.each([
    ['others under the same version', east(500, 2), east(100, 2), 'version 2 after 2'],
    ['those of a lower version', east(500, 2), east(500), 'version 1 after 2'],
  ])('may not be %s', (_, then, now, versions) => {
    expect(() => refuseOtherBatch(begun(then), now, 'out.jsonl')).toThrow(
      `the limits of set "east" in the config differ, under ${versions} (a higher version is adopted)`,
    );
  });
});
