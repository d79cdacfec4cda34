import { type BatchContent, type BatchRecord } from '../../../src/batch/state/batch-record';
import { type Findings, planBatch, type ResumeOptions } from '../../../src/batch/state/resume-plan';

const content: BatchContent = {
  input: { file: '/in.jsonl', items: 3, digest: 'abc' },
  sets: [{ name: 'east', limits: [{ kind: 'call', windowSeconds: 1, capacity: 5 }] }],
  pool: {},
  models: ['gpt-4o'],
  taskQueues: ['east'],
};
const record: BatchRecord = {
  ...content,
  ...{ format: 1, id: 'b-1', partitions: 1, startedAt: 0, target: { isOwn: true } },
};
const someResults = { answered: new Map([['1', true]]), wholeBytes: 10 };

function plan(options: Partial<ResumeOptions>, findings: Partial<Findings> = {}): string {
  return planBatch(
    { force: false, resume: false, retryFailed: false, ...options },
    {
      ...{ output: 'out.jsonl', isDevice: false, record: undefined, contents: undefined, content },
      knows: (id) => ['1', '2', '3'].includes(id),
      ...findings,
    },
  );
}

describe('a command', () => {
  it('begins where there is nothing', () => {
    expect(plan({})).toBe('begin');
    expect(plan({ force: true })).toBe('begin');
  });

  it('continues by itself with a batch that is not through, also if the output is gone', () => {
    expect(plan({}, { record, contents: someResults })).toBe('goOn');
    expect(plan({}, { record })).toBe('goOn');
    expect(plan({ resume: true }, { record })).toBe('goOn');
  });

  it('touches results of which no batch is known only if it is told to', () => {
    expect(() => plan({}, { contents: someResults })).toThrow(/out\.jsonl exists, .*--resume.*--retry-failed.*--force/);
    expect(plan({ resume: true }, { contents: someResults })).toBe('goOnFromOutput');
    expect(plan({ retryFailed: true }, { contents: someResults })).toBe('goOnFromOutput');
    expect(plan({ force: true }, { record, contents: someResults })).toBe('begin');
  });

  it.each(['resume', 'retryFailed'])('says that there is nothing to continue: %s', (option) => {
    expect(() => plan({ [option]: true })).toThrow('there is nothing to continue at out.jsonl');
    expect(() => plan({ [option]: true }, { isDevice: true })).toThrow('has nothing to continue from');
    expect(() => plan({ [option]: true, force: true })).toThrow('pass only one of them');
  });

  it('refuses results that are not of its input', () => {
    const contents = { answered: new Map([['1', true] as const, ['stranger', true] as const]), wholeBytes: 10 };
    expect(() => plan({ resume: true }, { contents })).toThrow(
      'has a result for "stranger", which is not an item of this input',
    );
  });
});

describe('a batch that is not through', () => {
  it.each<[string, Partial<BatchContent>, string]>([
    ['input', { input: { file: '/in.jsonl', items: 4, digest: 'x' } }, 'its input has changed (3 items then, 4 now'],
    ['place of its input', { input: { ...content.input, file: '/b' } }, 'its input is /in.jsonl, not /b'],
    ['sets', { sets: [{ name: 'west', limits: [] }] }, 'its sets are east, not west'],
    ['limits', { sets: [{ name: 'east', limits: [] }] }, 'the limits of set "east" in the config differ'],
    ['models', { models: ['o1'] }, 'the models in the config differ'],
    ['pool', { pool: { failover: false } }, 'the pool in the config differs'],
  ])('is told apart from one of another %s', (_, changes, message) => {
    const now = { ...content, ...changes };
    expect(() => plan({}, { record, content: now })).toThrow(message);
    expect(() => plan({}, { record, content: now })).toThrow('or pass --force to start over');
  });
});
