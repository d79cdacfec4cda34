import { AdmissionRetry } from '../../../src/acquire/client/admission-retry';
import { FakeClock } from '../../support/fake-clock';

function turnedAway() {
  const clock = new FakeClock(1_000);
  let came = 0;
  const retry = new AdmissionRetry(clock, () => (came += 1));
  retry.make(8_000, 'no room');
  return { clock, retry, came: () => came };
}

test('who waits is told when the time has come, once', async () => {
  const { clock, retry, came } = turnedAway();
  retry.keep(true);
  retry.keep(true);
  await clock.advance(7_999);
  expect([retry.isPending, came()]).toEqual([true, 0]);
  await clock.advance(1);
  expect([retry.isPending, came(), retry.reason(), clock.armed]).toEqual([false, 1, 'no room', 0]);
});

test('while nobody waits there is no timer, and the time comes all the same', async () => {
  const { clock, retry, came } = turnedAway();
  expect(clock.armed).toBe(0);
  retry.keep(true);
  retry.keep(false);
  expect([clock.armed, retry.isPending]).toEqual([0, true]);
  await clock.advance(8_000);
  expect([retry.isPending, came()]).toEqual([false, 0]);
});

test('with room, nothing is waited for', () => {
  const { clock, retry } = turnedAway();
  retry.keep(true);
  retry.end();
  expect([clock.armed, retry.isPending, retry.reason()]).toEqual([0, false, undefined]);
});
