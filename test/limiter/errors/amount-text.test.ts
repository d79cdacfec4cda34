import { amountText } from '../../../src/limiter/errors/amount-text';

test.each([
  [0, '0'],
  [3, '3'],
  [1_234_567, '1234567'],
  [0.1 + 0.2, '0.3'],
  [100 / 3, '33.333'],
  [0.000285, '0.000285'],
  [1.5e-7 * 1_900, '0.000285'],
])('%f is %s', (amount, text) => {
  expect(amountText(amount)).toBe(text);
});
