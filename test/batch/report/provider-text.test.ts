import { faultsText, suspensionText } from '../../../src/batch/report/provider-text';
import { type ProviderStats } from '../../../src/limiter/feedback/provider-record';

const stats: ProviderStats = { state: 'OPEN', answered: 1, throttled: 0, failed: 0, ignored: 0, seen: [] };

it('says why a provider serves nobody, and when it is asked again', () => {
  const open: ProviderStats = { ...stats, state: 'CIRCUIT', cause: 'unauthorized', until: 9_000 };
  expect(suspensionText(open, 1_000)).toBe('circuit open (unauthorized), tries again in 8 s');
  expect(suspensionText(open, 9_000)).toBe('circuit open (unauthorized), is trying again');
  expect(suspensionText({ ...open, state: 'PAUSED', cause: 'rate_limit' }, 8_000)).toBe(
    'throttled (rate_limit), tries again in 1 s',
  );
  expect([suspensionText(stats, 0), suspensionText(undefined, 0)]).toEqual([undefined, undefined]);
});

it('counts what a provider answered instead of serving', () => {
  expect(faultsText({ unauthorized: 2, rate_limit: 1 })).toBe('2 unauthorized, 1 rate_limit');
  expect(faultsText({})).toBeUndefined();
});
