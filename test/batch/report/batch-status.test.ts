import { statusText, type BatchStatus } from '../../../src/batch/report/batch-status';
import { type BatchProgress } from '../../../src/workflows/batch/batch-protocol';
import { tableRows } from '../../support/table-rows';

const part = (index: number, overrides: Partial<BatchProgress> = {}): BatchProgress => ({
  ...{ partition: { index, count: 2 }, items: 50, done: 20, failed: 1, startedAt: 1_000, events: 100, isPaused: false },
  underWay: { east: 3, west: 1 },
  ...overrides,
});

const status = (progress: readonly BatchProgress[]): BatchStatus => ({
  ...{ id: 'b-1', output: '/out.jsonl', pid: 42, progress, limiters: new Map(), now: 66_000 },
});

it('adds the partitions of a batch up, also where one is through already', () => {
  const cells = tableRows(statusText(status([part(0), part(1, { underWay: { east: 2 } })])));
  expect(cells).toEqual(
    expect.arrayContaining([
      ['state', 'running'],
      ['process', '42'],
      ['items', '40 of 100 done, 2 failed'],
      ['running for', '1 min 5 s'],
      ['history events', '200'],
      ['east', '5', '–'],
      ['west', '1', '–'],
    ]),
  );
});

it('tells a batch that is held up, or that nobody runs', () => {
  expect(tableRows(statusText(status([part(0, { isPaused: true })])))).toContainEqual(['state', 'paused']);
  expect(statusText(status([]))).toContain('not running: run the command that started it to continue it');
});
