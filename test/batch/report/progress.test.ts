import { PassThrough } from 'node:stream';
import {
  durationText,
  percentText,
  type ProgressSnapshot,
  progressLine,
  startProgress,
} from '../../../src/batch/report/progress';

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
        { key: 'connections', share: 1 },
      ],
    },
    { name: 'eu', inFlight: 0, waiting: 0, quotas: [] },
  ],
  ...overrides,
});

const LINE =
  '100/400 items (25 %), 1 failed, 1:05' +
  ' | us-east: 3 in flight, 10 waiting, call_count 97 %, connections 100 % | eu: 0 in flight, 0 waiting';

/** Everything that was written to a stream, terminal or not. */
function recorder(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 200, rows: 50 });
  const written: string[] = [];
  stream.on('data', (chunk: Buffer) => written.push(chunk.toString()));
  return { stream, text: () => written.join('') };
}

describe('a line of progress', () => {
  it('shows items, failures, time, and each set’s flight, queue and quotas', () => {
    expect(progressLine(snapshot())).toBe(LINE);
    expect(progressLine(snapshot({ done: 0, failed: 0, total: 0, elapsedSeconds: 0, sets: [] }))).toBe(
      '0/0 items, 0 failed, 0:00',
    );
  });

  it('shows how often something was tried again, and what kept the last from being done', () => {
    const line = progressLine(snapshot({ retries: 3, lastError: 'RateLimited', trouble: 'paused', sets: [] }));
    expect(line).toBe('100/400 items (25 %), 1 failed, 3 retries (last error RateLimited), 1:05, paused');
  });

  it('shows what a provider answered instead of serving, and whether it serves nobody', () => {
    const wrong = { faults: '2 unauthorized', suspension: 'set aside (unauthorized), tries again in 0:08' };
    const sets = [{ name: 'eu', inFlight: 0, waiting: 1, quotas: [{ key: 'call_count', share: 0 }], ...wrong }];
    expect(progressLine(snapshot({ sets }))).toContain(
      '| eu: 0 in flight, 1 waiting, call_count 0 %, 2 unauthorized, set aside (unauthorized), tries again in 0:08',
    );
  });

  it('shows durations and shares as people write them', () => {
    expect([0, 59.9, 60, 3725, -1].map(durationText)).toEqual(['0:00', '0:59', '1:00', '1:02:05', '0:00']);
    expect(percentText(0.9876, 1)).toBe('98.8 %');
    expect(percentText(NaN)).toBe('–');
  });
});

describe('progress without a terminal', () => {
  it('is a plain line every 5 seconds and one at the end', () => {
    const { stream, text } = recorder(false);
    const progress = startProgress(stream);
    for (let elapsedSeconds = 0; elapsedSeconds <= 11; elapsedSeconds++) progress.update(snapshot({ elapsedSeconds }));
    progress.stop();
    progress.stop();
    expect(text().match(/\d+:\d+/g)).toEqual(['0:05', '0:10', '0:11']);
  });

  it('is silent if nothing was ever to be shown', () => {
    const { stream, text } = recorder(false);
    startProgress(stream).stop();
    expect(text()).toBe('');
  });
});

describe('progress on a terminal', () => {
  it('is a bar for the items and one for each set', () => {
    const { stream, text } = recorder(true);
    const listeners = process.listenerCount('SIGINT');
    const progress = startProgress(stream);
    progress.update(snapshot());
    progress.update(snapshot({ done: 400 }));
    expect(process.listenerCount('SIGINT')).toBe(listeners);
    progress.stop();
    progress.update(snapshot());
    expect(text()).toContain('400/400, 1 failed, 1:05');
    expect(text()).toContain('us-east');
    expect(text()).toContain('3 in flight, 10 waiting, call_count 97 %, connections 100 %');
  });
});
