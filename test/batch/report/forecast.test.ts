import { Forecaster } from '../../../src/batch/report/forecast';

/** 600 items at 5 a second, in windows of 60 s of which each begins with a burst of 300. */
const burst = (seconds: number): number => 300 * (Math.floor(seconds / 60) + 1);

function forecastAt(seconds: number, done = burst, options = { items: 3_000, leastSeconds: 540, windowSeconds: 60 }) {
  const forecaster = new Forecaster(options);
  for (let second = 1; second <= seconds; second++) forecaster.note(second, Math.min(options.items, done(second)));
  return forecaster.rest;
}

it('is no sooner than the limits allow, while a burst would have it be', () => {
  expect(forecastAt(1)).toEqual({ kind: 'at least', seconds: 539 });
  expect(forecastAt(59)).toEqual({ kind: 'at least', seconds: 481 });
});

it('is no sooner than the limits allow, also by what was measured', () => {
  expect(forecastAt(60)).toEqual({ kind: 'about', seconds: 480 });
});

it('goes by what was measured over a window', () => {
  const steady = (seconds: number): number => 2 * seconds;
  expect(forecastAt(60, steady)).toEqual({ kind: 'about', seconds: (3_000 - 120) / 2 });
  expect(forecastAt(300)).toEqual({ kind: 'about', seconds: 240 });
});

it('forgets what was long ago', () => {
  const slower = (seconds: number): number => (seconds < 300 ? 5 * seconds : 1_500 + (seconds - 300));
  expect(forecastAt(400, slower)).toEqual({ kind: 'about', seconds: 1_400 });
});

it('is silent where nobody can tell', () => {
  expect(forecastAt(200, () => 10)).toBeUndefined();
  expect(forecastAt(2_000, (seconds) => 5 * seconds)).toBeUndefined();
  expect(forecastAt(5, burst, { items: 10_000, leastSeconds: Infinity, windowSeconds: 60 })).toBeUndefined();
  expect(forecastAt(5, burst, { items: 10_000, leastSeconds: 0, windowSeconds: 60 })).toBeUndefined();
});
