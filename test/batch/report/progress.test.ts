import { startProgress } from '../../../src/batch/report/progress';
import { type ProgressSnapshot } from '../../../src/batch/report/progress-snapshot';
import { progressBars, progressLine } from '../../../src/batch/report/progress-text';
import { PLAIN } from '../../../src/batch/text/style';

const snapshot = (overrides: Partial<ProgressSnapshot> = {}): ProgressSnapshot => ({
  done: 100,
  failed: 1,
  total: 400,
  elapsedSeconds: 65,
  sets: [
    {
      name: 'us-east',
      inFlight: 3,
      waiting: 10,
      quotas: [
        { key: 'call_count', share: 0.974 },
        { key: 'connections', share: 0.3 },
      ],
    },
    { name: 'eu', inFlight: 0, waiting: 0, quotas: [] },
  ],
  ...overrides,
});

const wrong = { faults: '2 unauthorized', suspension: 'circuit open (unauthorized), tries again in 8 s' };

describe('a line of progress', () => {
  it('shows items, what is at work and waits in all, failures, and time', () => {
    expect(progressLine(snapshot())).toBe('25 %, 100 of 400 items; 3 at work, 10 waiting; 1 failed, after 1 min 5 s');
    expect(progressLine(snapshot({ done: 0, failed: 0, total: 0, elapsedSeconds: 0, sets: [] }))).toBe(
      '0 of 0 items; 0 at work, 0 waiting; 0 failed, after 0 s',
    );
  });

  it('shows how long the rest takes, not finer than it is known', () => {
    expect(progressLine(snapshot({ rest: { kind: 'about', seconds: 191 } }))).toMatch(
      /; about 3 min 15 s left, 1 failed, after 1 min 5 s$/,
    );
    expect(progressLine(snapshot({ rest: { kind: 'at least', seconds: 1_801 } }))).toMatch(
      /; at least 31 min left, 1 failed, after 1 min 5 s$/,
    );
    expect(progressLine(snapshot({ rest: { kind: 'about', seconds: 9 }, trouble: 'paused' }))).not.toContain('left');
  });

  it('shows how often something was tried again, and what kept the last from being done', () => {
    const line = progressLine(snapshot({ retries: 3, lastError: 'RateLimited', trouble: 'paused', sets: [] }));
    expect(line).toBe(
      '100 of 400 items, paused; 0 at work, 0 waiting; 1 failed, 3 retries (last error RateLimited), after…',
    );
  });

  it('shows first what is wrong with an account, and how many others have something, in 100 columns', () => {
    const sets = ['eu', 'us', 'in'].map((name) => ({ name, inFlight: 0, waiting: 1, quotas: [], ...wrong }));
    const line = progressLine(
      snapshot({ sets, retries: 12, lastError: 'RateLimited', rest: { kind: 'about', seconds: 9 } }),
    );
    expect(line).toBe(
      '25 %, 100 of 400 items; eu circuit open (unauthorized), tries again in 8 s, and 2 other accounts; 0…',
    );
    expect(line).toHaveLength(100);
  });

  it('shows the whole of why nothing is served, also of an account with a long name', () => {
    const sets = [{ name: 'an-account-with-a-very-long-name', inFlight: 0, waiting: 1, quotas: [], ...wrong }];
    expect(progressLine(snapshot({ sets, trouble: 'no set is served' }))).toContain(
      'no set is served; an-account-wi… circuit open (unauthorized), tries again in 8 s',
    );
  });
});

describe('bars', () => {
  it('are one for the items and one for each account', () => {
    const sets = [...snapshot().sets, { name: 'asia', inFlight: 1, waiting: 2, quotas: [], ...wrong }];
    expect(progressBars(snapshot({ sets, rest: { kind: 'about', seconds: 191 } }), 110, PLAIN)).toEqual([
      'items   █████░░░░░░░░░░░░░░░ 25 %, 100 of 400 items, about 3 min 15 s left, 1 failed, after 1 min 5 s',
      'us-east ███████████████████░  97 % of call_count, 3 at work, 10 waiting',
      'eu      ░░░░░░░░░░░░░░░░░░░░ 0 at work, 0 waiting',
      'asia    ░░░░░░░░░░░░░░░░░░░░ circuit open (unauthorized), tries again in 8 s, 1 at work, 2 waiting',
    ]);
  });

  it.each([40, 60, 80])('fit into %d columns', (columns) => {
    const name = 'an-account-with-a-very-long-name';
    const sets = [{ name, inFlight: 3, waiting: 10, quotas: [], ...wrong }];
    const shown = progressBars(snapshot({ sets, retries: 3, lastError: 'RateLimited' }), columns, PLAIN);
    expect(Math.max(...shown.map((line) => line.length))).toBeLessThanOrEqual(Math.max(columns, 43));
  });
});

/** Everything that was written to a stream, terminal or not. */
function recorder(isTTY: boolean) {
  const written: string[] = [];
  const stream = { isTTY, columns: 100, write: (text: string) => written.push(text) };
  return { stream, written, text: () => written.join('') };
}

describe('progress without a terminal', () => {
  it('is a plain line every 5 seconds and one at the end', () => {
    const { stream, text } = recorder(false);
    const progress = startProgress(stream);
    for (let elapsedSeconds = 0; elapsedSeconds <= 11; elapsedSeconds++) progress.update(snapshot({ elapsedSeconds }));
    progress.stop();
    progress.stop();
    expect(text().match(/\d+ s/g)).toEqual(['5 s', '10 s', '11 s']);
  });

  it('is silent if nothing was ever to be shown', () => {
    const { stream, text } = recorder(false);
    startProgress(stream).stop();
    expect(text()).toBe('');
  });
});

describe('progress on a terminal', () => {
  it('is drawn over again in the same place, and gives the cursor back', () => {
    const { stream, written } = recorder(true);
    const progress = startProgress(stream);
    progress.update(snapshot());
    progress.update(snapshot({ done: 400 }));
    progress.stop();
    progress.stop();
    progress.update(snapshot());
    expect(written).toHaveLength(3);
    expect(written[0]?.startsWith('\u001b[?25l\ritems')).toBe(true);
    expect(written[1]?.startsWith('\u001b[2A\ritems')).toBe(true);
    expect(written[1]).toContain('100 %, 400 of 400 items');
    expect(written[1]?.split('\n').every((line) => line.endsWith('\u001b[K'))).toBe(true);
    expect(written[2]).toBe('\n\u001b[?25h');
  });

  it('gives nothing back that it has not taken', () => {
    const { stream, text } = recorder(true);
    startProgress(stream).stop();
    expect(text()).toBe('');
  });
});
