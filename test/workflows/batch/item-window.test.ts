import { ItemWindow } from '../../../src/workflows/batch/item-window';

it('takes whole windows for what the present one has no room for', () => {
  const window = new ItemWindow({ items: 4, seconds: 10, isBurst: true });
  expect([0, 2, 4, 5, 8, 9].map((items) => window.secondsFor(items, 0))).toEqual([0, 0.5, 1, 10, 10, 20]);
});

it('counts what was through within the last window', () => {
  const window = new ItemWindow({ items: 4, seconds: 10, isBurst: true });
  for (const at of [0, 0, 4_000]) window.add(at);
  const secondsForTwo = [9_999, 10_000, 14_000].map((now) => window.secondsFor(2, now));
  expect(secondsForTwo).toEqual([10, 0.5, 0.5]);
});

it('is full at most, however many were through', () => {
  const window = new ItemWindow({ items: 4, seconds: 10, isBurst: true });
  for (let i = 0; i < 40; i += 1) window.add(0);
  expect([0, 1].map((items) => window.secondsFor(items, 1))).toEqual([0, 10]);
});

it('takes its time for parts of an item', () => {
  const window = new ItemWindow({ items: 0.5, seconds: 10, isBurst: true });
  expect([1, 2].map((items) => window.secondsFor(items, 0))).toEqual([10, 30]);
});

it('does not count what was through where permits come back', () => {
  const window = new ItemWindow({ items: 4, seconds: 10, isBurst: false });
  for (let i = 0; i < 4; i += 1) window.add(0);
  expect(window.secondsFor(4, 0)).toBe(1);
});
