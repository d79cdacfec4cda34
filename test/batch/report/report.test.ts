import { type BatchReport, reportText } from '../../../src/batch/report/report';
import { tableRows } from '../../support/table-rows';

const report: BatchReport = {
  items: 412,
  failed: 0,
  seconds: 61.234,
  idealSeconds: 58,
  refusals: 0,
  retries: 2,
  acquisitions: 414,
  historyEvents: 1000,
  batchEvents: 3300,
  sets: [
    { name: 'us-east', items: 300, quotas: [{ key: 'call_count', share: 0.991 }] },
    { name: 'eu', items: 112, quotas: [{ key: 'connections', share: 0.5 }] },
  ],
};

describe('the final table', () => {
  it('shows what the run came to, and each set’s part in it', () => {
    expect(tableRows(reportText(report))).toEqual([
      ['items', '412'],
      ['seconds', '61.2'],
      ['ideal seconds', '58.0'],
      ['of the ideal', '94.7 %'],
      ['429s', '0'],
      ['retries', '2'],
      ['history events per 1,000 acquisitions', '2,415'],
      ['history events of the batch per 1,000 items', '8,010'],
      ['set', 'items', 'call_count used', 'connections used'],
      ['us-east', '300', '99.1 %', '–'],
      ['eu', '112', '–', '50.0 %'],
    ]);
  });

  it('shows what was wrong with a provider, if something was', () => {
    const [one, two] = report.sets;
    const sets = [{ ...one!, faults: '2 unauthorized', suspension: 'set aside (unauthorized), is trying again' }, two!];
    const rows = tableRows(reportText({ ...report, sets })).slice(-3);
    expect(rows.map((row) => row.at(-1))).toEqual([
      'provider',
      '2 unauthorized; set aside (unauthorized), is trying again',
      'served',
    ]);
  });

  it('counts the failed, and has a dash for what cannot be told', () => {
    const empty = { ...report, failed: 3, seconds: 0, idealSeconds: Infinity, acquisitions: 0, sets: [] };
    const cells = tableRows(reportText(empty));
    expect(cells[0]).toEqual(['items', '412 (3 failed)']);
    expect(cells.slice(1, 4).map(([, value]) => value)).toEqual(['0.0', '–', '–']);
    expect(cells[6]![1]).toBe('–');
  });

  it('has no colours, so that it can go into a file', () => {
    expect(reportText(report)).not.toContain('\u001b');
  });
});
