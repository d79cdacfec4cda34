/** An amount without the digits that only rounding has left. */
export function amountText(amount: number): string {
  return String(Number(Math.abs(amount) < 1 ? amount.toPrecision(3) : amount.toFixed(3)));
}
