import { type BatchReport, reportText } from '../../../src/batch/report/report';
import { PLAIN, Style } from '../../../src/batch/text/style';
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
  actions: 1_234.4,
  sets: [
    {
      name: 'us-east',
      items: 300,
      quotas: [
        { key: 'call_count', share: 0.991 },
        { key: 'input_tokens', share: 0.5 },
      ],
    },
    { name: 'eu', items: 112, quotas: [] },
  ],
};
const faults = { faults: '2 unauthorized', suspension: 'circuit open (unauthorized), is trying again' };

const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));

describe('the final table', () => {
  it('has a line for each account, and what the run came to', () => {
    expect(tableRows(reportText(report))).toEqual([
      ['account', 'items', 'used of its limits'],
      ['us-east', '300', 'call_count 99.1 %, input_tokens 50.0 %'],
      ['eu', '112', '–'],
      ['all', '412', '61.2 s; ideal 58.0 s, 94.7 % of the speed'],
      ['', '', '0 failed, 2 retries, 0 refused (429)'],
      ['', '', 'history events: 2.4 an acquisition, for the limits'],
      ['', '', '8.0 an item, for the batch'],
      ['', '', '4,300 in all'],
      ['', '', 'hosted: about 1,234 actions, $0.06 at list price (2026-11)'],
    ]);
  });

  it('says that it is of this run where others were before', () => {
    expect(tableRows(reportText(report, PLAIN, 'this run'))[3]).toEqual(expect.arrayContaining(['this run', '412']));
  });

  it('has no price where nobody knows the actions, and no cents where there are none', () => {
    const textFor = (actions: number) => reportText({ ...report, actions });
    expect(textFor(0)).not.toContain('hosted');
    expect(textFor(100)).toContain('hosted: about 100 actions, under $0.01 at');
    expect(textFor(30_000_000)).toContain('hosted: about 30,000,000 actions, $1,500 at');
  });

  it('shows what was wrong with a provider, if something was', () => {
    const [one, two] = report.sets;
    const rows = tableRows(reportText({ ...report, sets: [{ ...one!, ...faults }, two!] }));
    expect(rows.map((row) => row[3] ?? '').join(' ')).toContain(
      'provider 2 unauthorized; circuit open (unauthorized), is trying again served',
    );
  });

  it('counts the failed, and has a dash for what cannot be told', () => {
    const empty = { ...report, failed: 3, seconds: 0, idealSeconds: Infinity, acquisitions: 0, sets: [] };
    const cells = tableRows(reportText(empty)).map(([, , text]) => text);
    expect(cells.slice(1, 4)).toEqual([
      '0.0 s; ideal – s, – of the speed',
      '3 failed, 2 retries, 0 refused (429)',
      'history events: – an acquisition, for the limits',
    ]);
  });

  it('leaves out the share of an ideal of 0, as one item alone has it', () => {
    const rows = tableRows(reportText({ ...report, items: 1, seconds: 0.3, idealSeconds: 0 }));
    expect(rows).toContainEqual(['all', '1', '0.3 s; ideal 0.0 s']);
  });

  it('fits into 100 columns, however long the names are', () => {
    const long = ['one', 'two', 'three', 'four', 'five'].map((key) => ({ key: `${key}_of_many_tokens`, share: 0.5 }));
    const sets = [{ name: 'an-account-with-a-very-long-name', items: 1_000_000, quotas: long }];
    expect(widest(reportText({ ...report, sets }))).toBeLessThanOrEqual(100);
    expect(widest(reportText({ ...report, sets: sets.map((set) => ({ ...set, ...faults })) }))).toBeLessThanOrEqual(
      100,
    );
  });

  it('has colours only where there are some', () => {
    expect(reportText(report)).not.toContain('\u001b');
    expect(reportText(report, new Style(true))).toContain('\u001b[1mall\u001b[22m');
  });
});
